#include "media/codec/vp9.h"

#include <cstring>

#include "media/codec/picture_id.h"

namespace plenum::codec {
namespace {

void read_layers(ByteReader& r, Vp9Descriptor& d) {
  const std::uint8_t b = r.u8();
  d.temporal_id = b >> 5;
  d.switching_up_point = (b & 0x10) != 0;
  d.spatial_id = b >> 1 & 0x07;
  d.inter_layer_predicted = (b & 0x01) != 0;
  if (d.flexible_mode) return;
  d.has_tl0_picture_index = true;
  d.tl0_picture_index = r.u8();
}

/// False: more than the three that RFC 9628 allows.
bool read_references(ByteReader& r, Vp9Descriptor& d) {
  bool more = true;
  while (more && r.ok()) {
    if (d.reference_count == d.references.size()) return false;
    const std::uint8_t b = r.u8();
    d.references[d.reference_count++] = b >> 1;
    more = (b & 0x01) != 0;
  }
  return true;
}

void read_structure(ByteReader& r, Vp9ScalabilityStructure& s) {
  const std::uint8_t b = r.u8();
  s.spatial_layers = static_cast<std::uint8_t>((b >> 5) + 1);
  s.has_resolutions = (b & 0x10) != 0;
  if (s.has_resolutions)
    for (std::size_t i = 0; i < s.spatial_layers; ++i) {
      s.width[i] = r.u16();
      s.height[i] = r.u16();
    }
  if (!(b & 0x08)) return;
  s.pictures_in_group = r.u8();
  for (std::size_t i = 0; i < s.pictures_in_group && r.ok(); ++i) {
    const std::uint8_t picture = r.u8();
    r.bytes(picture >> 2 & 0x03);  // R reference differences
  }
}

}  // namespace

Result<Vp9Descriptor, Vp9Error> parse_vp9(Bytes payload) {
  ByteReader r(payload);
  Vp9Descriptor d;
  const std::uint8_t first = r.u8();
  d.has_picture_id = (first & 0x80) != 0;
  d.inter_picture_predicted = (first & 0x40) != 0;
  d.has_layers = (first & 0x20) != 0;
  d.flexible_mode = (first & 0x10) != 0;
  d.start_of_frame = (first & 0x08) != 0;
  d.end_of_frame = (first & 0x04) != 0;
  d.has_structure = (first & 0x02) != 0;
  d.not_reference_for_upper = (first & 0x01) != 0;
  if (d.has_picture_id) {
    const PictureId id = read_picture_id(r);
    d.long_picture_id = id.is_long;
    d.picture_id = id.value;
  }
  if (d.has_layers) read_layers(r, d);
  if (d.flexible_mode && d.inter_picture_predicted && !read_references(r, d))
    return Err{Vp9Error::too_many_references};
  if (d.has_structure) read_structure(r, d.structure);
  if (!r.ok() || r.left() == 0) return Err{Vp9Error::truncated};
  d.size = static_cast<std::uint16_t>(r.position());
  return d;
}

std::size_t rewrite_vp9_descriptor(Bytes payload, std::uint16_t picture_id_offset,
                                   std::uint8_t tl0_picture_index_offset, MutableBytes out) {
  const Result<Vp9Descriptor, Vp9Error> d = parse_vp9(payload);
  if (!d) return 0;
  const std::size_t id_size = !d->has_picture_id ? 0 : d->long_picture_id ? 2 : 1;
  const std::size_t layers_size = !d->has_layers ? 0 : d->has_tl0_picture_index ? 2 : 1;
  const std::size_t size = 1 + id_size + layers_size;
  if (out.size() < size) return 0;
  std::memcpy(out.data(), payload.data(), size);
  if (d->has_picture_id) move_picture_id(out, 1, picture_id_offset);
  if (d->has_tl0_picture_index)
    put_be(out, size - 1, 1, (d->tl0_picture_index + tl0_picture_index_offset) & 0xffu);
  return size;
}

}  // namespace plenum::codec
