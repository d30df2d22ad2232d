#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace plenum::codec {

/// The picture id that VP8 (RFC 7741 section 4.2) and VP9 (RFC 9628 section 4.2) share: 7 bits, or
/// 15 when the first bit M is set.
struct PictureId {
  bool is_long = false;
  std::uint16_t value = 0;
};

inline PictureId read_picture_id(ByteReader& r) {
  const std::uint8_t first = r.u8();
  if (!(first & 0x80)) return {false, first};
  return {true, static_cast<std::uint16_t>((first & 0x7f) << 8 | r.u8())};
}

/// Moves the picture id at `at` on by `offset`, modulo its width. The bytes were parsed before.
/// Returns where it ends.
inline std::size_t move_picture_id(MutableBytes b, std::size_t at, std::uint16_t offset) {
  if (!(be8(b, at) & 0x80)) {
    put_be(b, at, 1, (be8(b, at) + offset) & 0x7fu);
    return at + 1;
  }
  put_be(b, at, 2, 0x8000u | ((be16(b, at) + offset) & 0x7fffu));
  return at + 2;
}

}  // namespace plenum::codec
