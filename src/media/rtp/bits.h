#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace plenum::rtp {

/// Reads fields of 0…32 bits, most significant first. A read past the end fails once and for all.
class BitReader {
 public:
  explicit BitReader(Bytes b) : b_(b) {}
  bool ok() const { return ok_; }
  std::size_t position() const { return at_; }
  std::size_t left() const { return 8 * b_.size() - at_; }

  std::uint32_t bits(std::size_t n) {
    if (!ok_ || n > left()) {
      ok_ = false;
      return 0;
    }
    std::uint64_t v = 0;
    while (n > 0) {
      const std::size_t in_byte = 8 - at_ % 8;
      const std::size_t take = n < in_byte ? n : in_byte;
      const unsigned byte = be8(b_, at_ / 8);
      v = v << take | (byte >> (in_byte - take) & ((1u << take) - 1));
      at_ += take;
      n -= take;
    }
    return static_cast<std::uint32_t>(v);
  }
  bool flag() { return bits(1) != 0; }
  /// ns(n) of the AV1 bitstream specification, section 4.10.7: a value below n, n > 0.
  std::uint32_t non_symmetric(std::uint32_t n) {
    std::size_t w = 0;
    for (std::uint32_t x = n; x != 0; x >>= 1) ++w;
    const std::uint32_t m = (1u << w) - n;
    const std::uint32_t v = bits(w - 1);
    return v < m ? v : (v << 1) - m + bits(1);
  }

 private:
  Bytes b_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

/// Writes fields of 0…32 bits; the rest of the last byte is zero. A write past the end fails once
/// and for all.
class BitWriter {
 public:
  explicit BitWriter(MutableBytes b) : b_(b) {}
  bool ok() const { return ok_; }
  std::size_t size_bytes() const { return (at_ + 7) / 8; }

  void bits(std::size_t n, std::uint32_t v) {
    if (!ok_ || n > 8 * b_.size() - at_) {
      ok_ = false;
      return;
    }
    for (; n > 0; --n, ++at_) {
      if (at_ % 8 == 0) b_[at_ / 8] = std::byte{0};
      if (v >> (n - 1) & 1) b_[at_ / 8] |= static_cast<std::byte>(0x80u >> (at_ % 8));
    }
  }
  /// Copies n bits, however many.
  void copy(BitReader& from, std::size_t n) {
    for (; n >= 32; n -= 32) bits(32, from.bits(32));
    bits(n, from.bits(n));
  }
  void non_symmetric(std::uint32_t n, std::uint32_t v) {
    std::size_t w = 0;
    for (std::uint32_t x = n; x != 0; x >>= 1) ++w;
    const std::uint32_t m = (1u << w) - n;
    if (v < m)
      bits(w - 1, v);
    else
      bits(w, v + m);
  }

 private:
  MutableBytes b_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace plenum::rtp
