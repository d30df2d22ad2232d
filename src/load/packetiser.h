#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "media/codec/codec.h"

namespace plenum::load {

/// What goes into one RTP packet, without the VP8 payload descriptor, which differs each time a
/// clip is repeated.
using Payload = std::vector<std::byte>;

/// Splits one frame of a clip so that no packet's payload is larger than `max_bytes` (at least 64),
/// VP8's descriptor included. VP8: RFC 7741 section 4, pieces of about the same size. H.264:
/// RFC 6184, parameter sets aggregated (STAP-A), large NAL units in fragments (FU-A). Other codecs:
/// one packet as it is. Empty when an H.264 frame holds no NAL unit.
std::vector<Payload> packetise(codec::Codec codec, Bytes frame, std::size_t max_bytes);

struct Vp8Numbers {
  bool starts_frame = false;
  bool keyframe = false;
  std::uint16_t picture_id = 0;  // 15 bits
  std::uint8_t tl0_picture_index = 0;
};
inline constexpr std::size_t kVp8DescriptorSize = 6;
/// RFC 7741 section 4.2 with picture id, TL0PICIDX and temporal layer 0, as browsers write it.
/// Writes kVp8DescriptorSize bytes.
void write_vp8_descriptor(const Vp8Numbers& numbers, MutableBytes out);

}  // namespace plenum::load
