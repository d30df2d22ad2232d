#pragma once
#include <optional>
#include <vector>

#include "egress/depacketizer.h"
#include "egress/jitter_buffer.h"

namespace plenum::egress {

/// Makes frames of an audio stream from its packets in order: a packet is a frame (RFC 7587), or
/// with `red` the primary of a packet of redundant audio data (RFC 2198) is one; after a gap the
/// redundant blocks too whose timestamps were not given out yet. What is still missing shows in the
/// timestamps.
class AudioDepacketizer {
 public:
  explicit AudioDepacketizer(bool red) : red_(red) {}
  /// Oldest first; empty when the packet makes no sense.
  std::vector<EncodedFrame> push(Popped popped);

 private:
  std::vector<EncodedFrame> unwrap(const Popped& popped) const;

  bool red_;
  std::optional<RtpTime> latest_;  // timestamp of the latest frame given out
};

}  // namespace plenum::egress
