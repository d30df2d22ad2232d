#pragma once
#include <cstdint>

namespace plenum::egress {

/// sRGB, 8 bits each.
struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// BT.709, limited range: luma 16 to 235, chroma 16 to 240.
struct Yuv {
  std::uint8_t y = 16, u = 128, v = 128;
  friend bool operator==(const Yuv&, const Yuv&) = default;
};

/// ITU-R BT.709-6 items 3.2 to 3.5, rounded to the nearest step.
constexpr Yuv to_yuv(Rgb c) {
  const double luma = (0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b) / 255;
  const double cb = (c.b / 255.0 - luma) / 1.8556;
  const double cr = (c.r / 255.0 - luma) / 1.5748;
  return {.y = static_cast<std::uint8_t>(16 + 219 * luma + 0.5),
          .u = static_cast<std::uint8_t>(128 + 224 * cb + 0.5),
          .v = static_cast<std::uint8_t>(128 + 224 * cr + 0.5)};
}

}  // namespace plenum::egress
