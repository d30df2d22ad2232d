#pragma once
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace plenum {

using Bytes = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

/// Big-endian unsigned integer of n bytes (1…8) at `at`. The caller has checked the length.
constexpr std::uint64_t be(Bytes b, std::size_t at, std::size_t n = 1) {
  assert(at + n <= b.size());
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < n; ++i) v = v << 8 | std::to_integer<std::uint64_t>(b[at + i]);
  return v;
}
constexpr std::uint8_t be8(Bytes b, std::size_t at) {
  return static_cast<std::uint8_t>(be(b, at, 1));
}
constexpr std::uint16_t be16(Bytes b, std::size_t at) {
  return static_cast<std::uint16_t>(be(b, at, 2));
}
constexpr std::uint32_t be32(Bytes b, std::size_t at) {
  return static_cast<std::uint32_t>(be(b, at, 4));
}
constexpr std::uint64_t be64(Bytes b, std::size_t at) { return be(b, at, 8); }

constexpr void put_be(MutableBytes b, std::size_t at, std::size_t n, std::uint64_t v) {
  assert(at + n <= b.size());
  for (std::size_t i = 0; i < n; ++i) b[at + i] = static_cast<std::byte>(v >> (8 * (n - 1 - i)));
}

inline Bytes as_bytes(std::string_view s) { return std::as_bytes(std::span(s.data(), s.size())); }
inline std::string_view as_text(Bytes b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};  // char may alias anything
}

/// Reads big-endian fields in order. A read past the end fails once and for all: the value is 0
/// and ok() turns false, so a parser may read a whole group and check once.
class ByteReader {
 public:
  explicit ByteReader(Bytes b) : b_(b) {}
  bool ok() const { return ok_; }
  std::size_t left() const { return b_.size() - at_; }
  std::size_t position() const { return at_; }
  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(take(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  std::uint64_t u64() { return take(8); }
  Bytes bytes(std::size_t n) {
    if (!ok_ || n > left()) {
      ok_ = false;
      return {};
    }
    const Bytes r = b_.subspan(at_, n);
    at_ += n;
    return r;
  }
  Bytes rest() { return bytes(left()); }

 private:
  std::uint64_t take(std::size_t n) {
    if (!ok_ || n > left()) {
      ok_ = false;
      return 0;
    }
    const std::uint64_t v = be(b_, at_, n);
    at_ += n;
    return v;
  }
  Bytes b_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

/// Writes big-endian fields in order into memory it does not own. A write past the end writes
/// nothing and turns ok() false.
class ByteWriter {
 public:
  explicit ByteWriter(MutableBytes b) : b_(b) {}
  bool ok() const { return ok_; }
  std::size_t size() const { return at_; }
  MutableBytes written() const { return b_.first(at_); }
  void u8(std::uint64_t v) { put(1, v); }
  void u16(std::uint64_t v) { put(2, v); }
  void u24(std::uint64_t v) { put(3, v); }
  void u32(std::uint64_t v) { put(4, v); }
  void u64(std::uint64_t v) { put(8, v); }
  void bytes(Bytes src) {
    if (!reserve(src.size())) return;
    if (!src.empty()) std::memcpy(b_.data() + at_, src.data(), src.size());
    at_ += src.size();
  }
  void zeros(std::size_t n) {
    if (!reserve(n)) return;
    if (n) std::memset(b_.data() + at_, 0, n);
    at_ += n;
  }
  /// Overwrites two bytes written earlier, for lengths known only afterwards.
  void patch_u16(std::size_t at, std::uint16_t v) {
    if (at + 2 <= at_) put_be(b_, at, 2, v);
  }

 private:
  bool reserve(std::size_t n) {
    if (ok_ && n <= b_.size() - at_) return true;
    ok_ = false;
    return false;
  }
  void put(std::size_t n, std::uint64_t v) {
    if (!reserve(n)) return;
    put_be(b_, at_, n, v);
    at_ += n;
  }
  MutableBytes b_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace plenum
