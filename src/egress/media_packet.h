#pragma once
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"

namespace plenum::egress {

/// One RTP packet of one stream (a track, or one simulcast layer of it) as the relay brought it:
/// plaintext, retransmissions undone, RED not.
struct MediaPacket {
  ExtSeq seq;
  RtpTime timestamp;
  bool marker = false;
  /// Without padding.
  std::vector<std::byte> payload;
  TimePoint arrival{};
};

}  // namespace plenum::egress
