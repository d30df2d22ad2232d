#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace plenum::egress {

/// How much of each pixel a shape covers: 0 nothing, 255 all of it. Rows from the top, no padding.
struct AlphaBitmap {
  AlphaBitmap() = default;
  AlphaBitmap(int w, int h)
      : width(w), height(h), pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}

  bool empty() const { return pixels.empty(); }
  std::uint8_t* row(int y) { return pixels.data() + offset(y); }
  const std::uint8_t* row(int y) const { return pixels.data() + offset(y); }

  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;

 private:
  std::size_t offset(int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width);
  }
};

}  // namespace plenum::egress
