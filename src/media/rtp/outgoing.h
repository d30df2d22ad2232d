#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "media/rtp/extensions.h"

namespace plenum::rtp {

/// One packet on its way to one subscriber: what is new in its header, and where its payload lies.
/// The peer writes the header, adds the per-hop extensions and seals `payload` into its own memory.
struct Outgoing {
  Ssrc ssrc;
  ExtSeq seq;
  RtpTime timestamp;
  std::uint8_t payload_type = 0;
  bool marker = false;
  /// Bytes that stand before `payload`: a rewritten payload descriptor, an RTX sequence number.
  /// Empty in the common case, and then the cipher reads the shared plaintext directly.
  std::array<std::byte, 48> prefix;
  std::uint8_t prefix_size = 0;
  Bytes payload;
  /// Extensions that pass through a forwarder; the per-hop ones are the peer's.
  std::optional<AudioLevel> audio_level;
  Bytes dependency_descriptor;
  /// To add to the descriptor's frame number.
  std::uint16_t frame_number_offset = 0;
  Bytes abs_capture_time;
  Bytes video_orientation;
  Bytes playout_delay;
};

}  // namespace plenum::rtp
