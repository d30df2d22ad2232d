#include "media/rtp/extensions.h"

#include <cstring>

namespace plenum::rtp {
namespace {

// RFC 8285 section 4.2 and 4.3.
constexpr std::uint16_t kOneByteProfile = 0xbede;
constexpr std::uint16_t kTwoByteProfile = 0x1000;
constexpr std::uint8_t kOneByteMaxId = 14;
constexpr std::size_t kOneByteMaxSize = 16;

void take_audio_level(Bytes v, ExtensionsView& out) {
  if (v.empty()) return;
  const std::uint8_t b = be8(v, 0);
  out.audio_level =
      AudioLevel{.level_dbov = static_cast<std::uint8_t>(b & 0x7f), .voice = (b & 0x80) != 0};
}

/// A value of the wrong size counts as absent.
void take(Extension e, Bytes v, ExtensionsView& out) {
  switch (e) {
    case Extension::audio_level:
      return take_audio_level(v, out);
    case Extension::abs_send_time:
      if (v.size() == 3) out.abs_send_time = static_cast<std::uint32_t>(be(v, 0, 3));
      return;
    case Extension::transport_seq:
      if (v.size() >= 2) out.transport_seq = be16(v, 0);
      return;
    case Extension::mid:
      out.mid = as_text(v);
      return;
    case Extension::rid:
      out.rid = as_text(v);
      return;
    case Extension::repaired_rid:
      out.repaired_rid = as_text(v);
      return;
    case Extension::dependency_descriptor:
      out.dependency_descriptor = v;
      return;
    case Extension::abs_capture_time:
      out.abs_capture_time = v;
      return;
    case Extension::video_orientation:
      out.video_orientation = v;
      return;
    case Extension::playout_delay:
      out.playout_delay = v;
      return;
    case Extension::count_:
      return;
  }
}

void parse_one_byte(Bytes block, const ExtensionMap& map, ExtensionsView& out) {
  std::size_t at = 0;
  while (at < block.size()) {
    const std::uint8_t b = be8(block, at++);
    const std::uint8_t id = b >> 4;
    if (b == 0) continue;  // padding
    if (id == 15) return;  // reserved: stop here
    const std::size_t size = (b & 0x0fu) + 1;
    if (block.size() - at < size) return;
    // id 0 with a length is not padding but no element either: skipped with its data.
    if (const auto e = map.extension(id); e && id != 0) take(*e, block.subspan(at, size), out);
    at += size;
  }
}

void parse_two_bytes(Bytes block, const ExtensionMap& map, ExtensionsView& out) {
  std::size_t at = 0;
  while (at < block.size()) {
    const std::uint8_t id = be8(block, at++);
    if (id == 0) continue;  // padding
    if (at == block.size()) return;
    const std::size_t size = be8(block, at++);
    if (block.size() - at < size) return;
    if (const auto e = map.extension(id)) take(*e, block.subspan(at, size), out);
    at += size;
  }
}

}  // namespace

ExtensionsView parse_extensions(Bytes packet, const Header& header, const ExtensionMap& map) {
  ExtensionsView out;
  if (header.extension_size == 0) return out;
  const Bytes block = packet.subspan(header.extension_offset, header.extension_size);
  if (header.extension_profile == kOneByteProfile)
    parse_one_byte(block, map, out);
  else if ((header.extension_profile & 0xfff0) == kTwoByteProfile)
    parse_two_bytes(block, map, out);
  return out;
}

void ExtensionWriter::add(std::uint8_t id, Bytes value) {
  if (id == 0 || value.size() > 255) return;
  if (count_ == elements_.size() || value.size() > kMaxSize - used_) return;
  if (!value.empty()) std::memcpy(values_.data() + used_, value.data(), value.size());
  elements_[count_++] = Element{id, static_cast<std::uint8_t>(value.size()), used_};
  used_ = static_cast<std::uint16_t>(used_ + value.size());
}

std::size_t ExtensionWriter::finish(MutableBytes out) const {
  if (count_ == 0) return 0;
  bool two_bytes = false;
  for (std::size_t i = 0; i < count_; ++i) {
    const Element& e = elements_[i];
    if (e.id > kOneByteMaxId || e.size == 0 || e.size > kOneByteMaxSize) two_bytes = true;
  }
  ByteWriter w(out);
  w.u16(two_bytes ? kTwoByteProfile : kOneByteProfile);
  w.u16(0);
  for (std::size_t i = 0; i < count_; ++i) {
    const Element& e = elements_[i];
    if (two_bytes) {
      w.u8(e.id);
      w.u8(e.size);
    } else {
      w.u8(static_cast<std::uint8_t>(e.id << 4 | (e.size - 1)));
    }
    w.bytes(Bytes(values_).subspan(e.offset, e.size));
  }
  w.zeros((4 - w.size() % 4) % 4);
  if (!w.ok()) return 0;
  w.patch_u16(2, static_cast<std::uint16_t>(w.size() / 4 - 1));
  return w.size();
}

}  // namespace plenum::rtp
