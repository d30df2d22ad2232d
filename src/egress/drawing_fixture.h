#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "egress/colour.h"
#include "egress/picture.h"

namespace plenum::egress {

/// A picture of any size, odd ones too, with rows padded as decoders pad them.
class SourcePicture {
 public:
  SourcePicture(Size size, Yuv colour)
      : size_(size), stride_(size.width + 13), chroma_stride_(size.width / 2 + 7) {
    const auto chroma = static_cast<std::size_t>(chroma_stride_ * ((size.height + 1) / 2));
    y_.assign(static_cast<std::size_t>(stride_ * size.height), colour.y);
    u_.assign(chroma, colour.u);
    v_.assign(chroma, colour.v);
  }

  /// Luma of a smooth pattern, `x` and `y` from 0 to 1 across the picture.
  static double pattern(double x, double y) {
    return 126 + 60 * std::sin(9 * x + 2 * y) + 40 * std::cos(7 * y - 3 * x);
  }
  static SourcePicture patterned(Size size) {
    SourcePicture p(size, {});
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        p.luma(x, y) = static_cast<std::uint8_t>(
            std::lround(pattern((x + 0.5) / size.width, (y + 0.5) / size.height)));
      }
    }
    return p;
  }

  std::uint8_t& luma(int x, int y) { return y_[static_cast<std::size_t>(y * stride_ + x)]; }
  PictureView view() const {
    return {.size = size_,
            .y = y_.data(),
            .u = u_.data(),
            .v = v_.data(),
            .stride_y = stride_,
            .stride_u = chroma_stride_,
            .stride_v = chroma_stride_};
  }

 private:
  Size size_;
  int stride_, chroma_stride_;
  std::vector<std::uint8_t> y_, u_, v_;
};

inline Yuv pixel(const Picture& picture, int x, int y) {
  const PictureView p = picture.view();
  const int chroma = y / 2 * p.stride_u + x / 2;
  return {.y = p.y[y * p.stride_y + x], .u = p.u[chroma], .v = p.v[chroma]};
}

inline double psnr(double squared_errors, int samples) {
  if (squared_errors == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(255.0 * 255.0 * samples / squared_errors);
}

}  // namespace plenum::egress
