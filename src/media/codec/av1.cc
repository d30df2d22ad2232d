#include "media/codec/av1.h"

namespace plenum::codec {
namespace {

// AV1 bitstream section 6.2.2.
enum ObuType : std::uint8_t { sequence_header = 1, frame_header = 3, frame = 6 };

/// The OBU header, section 5.3.2, at the beginning of an element.
void note_obu(Bytes element, Av1Packet& p) {
  if (element.empty()) return;
  const std::uint8_t header = be8(element, 0);
  const std::uint8_t type = header >> 3 & 0x0f;
  if (type == sequence_header) p.has_sequence_header = true;
  if (type == frame_header || type == frame) p.has_frame = true;
  if ((header & 0x04) && element.size() >= 2) {
    p.has_layers = true;
    p.temporal_id = be8(element, 1) >> 5;
    p.spatial_id = be8(element, 1) >> 3 & 0x03;
  }
}

}  // namespace

std::optional<std::uint32_t> read_leb128(ByteReader& r) {
  std::uint64_t v = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const std::uint8_t b = r.u8();
    if (!r.ok()) return std::nullopt;
    v |= static_cast<std::uint64_t>(b & 0x7f) << (7 * i);
    if (b & 0x80) continue;
    if (v > 0xffffffff) return std::nullopt;
    return static_cast<std::uint32_t>(v);
  }
  return std::nullopt;
}

Result<Av1Packet, Av1Error> parse_av1(Bytes payload) {
  if (payload.size() < 2) return Err{Av1Error::empty};
  ByteReader r(payload);
  Av1Packet p;
  const std::uint8_t aggregation = r.u8();
  p.continues_obu = (aggregation & 0x80) != 0;
  p.continued_in_next = (aggregation & 0x40) != 0;
  const std::uint8_t element_count = aggregation >> 4 & 0x03;  // W; 0 = each has a length
  p.new_video_sequence = (aggregation & 0x08) != 0;
  if (p.new_video_sequence && p.continues_obu) return Err{Av1Error::bad_aggregation};

  while (r.left() > 0) {
    std::size_t size = r.left();
    if (element_count == 0 || p.element_count + 1 < element_count) {
      const std::optional<std::uint32_t> length = read_leb128(r);
      if (!length) return Err{Av1Error::truncated};
      size = *length;
    }
    const Bytes element = r.bytes(size);
    if (!r.ok()) return Err{Av1Error::truncated};
    const bool fragment = p.element_count == 0 && p.continues_obu;
    if (!fragment) note_obu(element, p);
    if (p.element_count < 255) ++p.element_count;
  }
  if (p.element_count < element_count) return Err{Av1Error::truncated};
  return p;
}

}  // namespace plenum::codec
