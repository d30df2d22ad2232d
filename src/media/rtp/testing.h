#pragma once
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace plenum::rtp {

/// For tests only: bytes from hex digits; everything else in the text is skipped.
inline std::vector<std::byte> hex(std::string_view text) {
  std::vector<std::byte> out;
  int high = -1;
  for (const char c : text) {
    const int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (v < 0) continue;
    if (high < 0) {
      high = v;
    } else {
      out.push_back(static_cast<std::byte>(high << 4 | v));
      high = -1;
    }
  }
  return out;
}

inline std::vector<std::byte> copy(Bytes b) { return {b.begin(), b.end()}; }

inline std::vector<std::byte> random_bytes(std::mt19937& rng, std::size_t n) {
  std::vector<std::byte> out(n);
  for (std::byte& b : out) b = static_cast<std::byte>(rng() & 0xff);
  return out;
}

/// Calls f with each proper prefix of `whole` in memory of exactly that size, so that the address
/// sanitizer sees any read past the end.
template <class F>
void for_each_truncation(Bytes whole, F&& f) {
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const std::vector<std::byte> prefix = copy(whole.first(n));
    f(Bytes(prefix));
  }
}

}  // namespace plenum::rtp
