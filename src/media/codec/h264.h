#pragma once
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace plenum::codec {

enum class H264Error : std::uint8_t { empty, truncated, unsupported };

/// What the NAL unit headers of one payload say. RFC 6184: single NAL unit packets (5.6), STAP-A
/// (5.7.1), FU-A (5.8). The interleaved forms are not used in WebRTC. No decoding.
struct H264Packet {
  bool idr = false;  // slice of an IDR picture, or its first fragment
  bool sps = false;
  bool pps = false;
  /// Begins a NAL unit with a coded slice whose first_mb_in_slice is 0, or parameter sets, SEI or
  /// an access unit delimiter: a new access unit, as far as one packet can tell.
  bool start_of_frame = false;
  /// Highest nal_ref_idc is 0: no other picture refers to this.
  bool non_reference = true;

  bool keyframe() const { return idr || sps; }
};

Result<H264Packet, H264Error> parse_h264(Bytes payload);

}  // namespace plenum::codec
