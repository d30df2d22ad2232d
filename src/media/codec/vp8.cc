#include "media/codec/vp8.h"

#include <cstring>

#include "media/codec/picture_id.h"

namespace plenum::codec {
namespace {

/// RFC 7741 section 4.3, RFC 6386 section 9.1: the frame tag and, on key frames, the dimensions.
void read_payload_header(ByteReader& r, Vp8Descriptor& d) {
  constexpr std::uint32_t kStartCode = 0x9d012a;
  d.keyframe = (r.u8() & 0x01) == 0;
  if (!d.keyframe) return;
  r.bytes(2);  // the rest of the size of the first partition
  if (r.u24() != kStartCode) return;
  const std::uint16_t width = r.u16();  // little-endian, 14 bits and a scale
  const std::uint16_t height = r.u16();
  if (!r.ok()) return;
  d.width = static_cast<std::uint16_t>((width >> 8 | width << 8) & 0x3fff);
  d.height = static_cast<std::uint16_t>((height >> 8 | height << 8) & 0x3fff);
}

}  // namespace

Result<Vp8Descriptor, Vp8Error> parse_vp8(Bytes payload) {
  ByteReader r(payload);
  Vp8Descriptor d;
  const std::uint8_t first = r.u8();
  d.non_reference = (first & 0x20) != 0;
  d.start_of_partition = (first & 0x10) != 0;
  d.partition = first & 0x07;
  if (first & 0x80) {
    const std::uint8_t extension = r.u8();
    d.has_picture_id = (extension & 0x80) != 0;
    d.has_tl0_picture_index = (extension & 0x40) != 0;
    d.has_temporal_id = (extension & 0x20) != 0;
    d.has_key_index = (extension & 0x10) != 0;
    if (d.has_picture_id) {
      const PictureId id = read_picture_id(r);
      d.long_picture_id = id.is_long;
      d.picture_id = id.value;
    }
    if (d.has_tl0_picture_index) d.tl0_picture_index = r.u8();
    if (d.has_temporal_id || d.has_key_index) {
      const std::uint8_t b = r.u8();
      if (d.has_temporal_id) {
        d.temporal_id = b >> 6;
        d.layer_sync = (b & 0x20) != 0;
      }
      if (d.has_key_index) d.key_index = b & 0x1f;
    }
  }
  if (!r.ok() || r.left() == 0) return Err{Vp8Error::truncated};
  d.size = static_cast<std::uint8_t>(r.position());
  if (d.starts_frame()) read_payload_header(r, d);
  return d;
}

std::size_t rewrite_vp8_descriptor(Bytes payload, std::uint16_t picture_id_offset,
                                   std::uint8_t tl0_picture_index_offset, MutableBytes out) {
  const Result<Vp8Descriptor, Vp8Error> d = parse_vp8(payload);
  if (!d || out.size() < d->size) return 0;
  std::memcpy(out.data(), payload.data(), d->size);
  std::size_t at = 2;  // behind the X byte; neither field exists without it
  if (d->has_picture_id) at = move_picture_id(out, at, picture_id_offset);
  if (d->has_tl0_picture_index)
    put_be(out, at, 1, (d->tl0_picture_index + tl0_picture_index_offset) & 0xffu);
  return d->size;
}

}  // namespace plenum::codec
