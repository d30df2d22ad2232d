#pragma once
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace plenum::codec {

enum class Av1Error : std::uint8_t { empty, truncated, bad_aggregation };

/// AV1 aggregation header and the OBU headers behind it. AV1 RTP specification v1.0 sections 4.4
/// and 4.5; AV1 bitstream section 5.3. No decoding.
struct Av1Packet {
  bool continues_obu = false;       // Z
  bool continued_in_next = false;   // Y
  bool new_video_sequence = false;  // N: first packet of a coded video sequence
  std::uint8_t element_count = 0;
  bool has_sequence_header = false;
  bool has_frame = false;  // begins a frame or frame header OBU
  bool has_layers = false;
  std::uint8_t temporal_id = 0;
  std::uint8_t spatial_id = 0;

  bool keyframe() const { return new_video_sequence; }
};

Result<Av1Packet, Av1Error> parse_av1(Bytes payload);

/// AV1 bitstream section 4.10.5: at most eight bytes, and no more than 32 bits of value. nullopt:
/// something else.
std::optional<std::uint32_t> read_leb128(ByteReader& r);

}  // namespace plenum::codec
