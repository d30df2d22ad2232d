#pragma once
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace plenum::codec {

enum class H265Error : std::uint8_t { truncated, unsupported };

/// What the NAL unit headers of one payload say. RFC 7798: single NAL unit packets (4.4.1),
/// aggregation packets (4.4.2), fragmentation units (4.4.3), without DONL fields. No decoding.
struct H265Packet {
  bool irap = false;  // slice of an intra random access point picture
  bool parameter_sets = false;
  /// First slice segment of a picture, parameter sets, SEI or an access unit delimiter.
  bool start_of_frame = false;
  std::uint8_t temporal_id = 0;

  bool keyframe() const { return irap || parameter_sets; }
};

Result<H265Packet, H265Error> parse_h265(Bytes payload);

}  // namespace plenum::codec
