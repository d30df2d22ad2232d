#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "egress/drawing.h"
#include "egress/picture.h"

namespace plenum::egress {

/// sRGB with alpha, four bytes a pixel, rows from the top without padding.
struct RgbaImage {
  Size size{};
  std::vector<std::uint8_t> pixels{};
  const std::uint8_t* at(int x, int y) const {
    return pixels.data() + 4 * (std::size_t(y) * std::size_t(size.width) + std::size_t(x));
  }
};

inline constexpr int kMaxImageSide = 4096;
inline constexpr std::size_t kMaxImageBytes = std::size_t{2} << 20;

/// A whole PNG or JPEG file, by libavcodec; the first picture of an animated one. nullopt: it is
/// neither, broken, above kMaxImageBytes or kMaxImageSide, or of a form that is not taken (CMYK).
std::optional<RgbaImage> decode_image(Bytes file);

/// The middle part of the image, as large as the canvas and of even size; what is transparent shows
/// `under`.
Picture cover_picture(const RgbaImage& image, Size canvas, Rgb under);

/// The image as it goes into a corner: at most an eighth of the canvas's height and a third of its
/// width, never enlarged, of even size.
Overlay logo_overlay(const RgbaImage& image, Size canvas);

}  // namespace plenum::egress
