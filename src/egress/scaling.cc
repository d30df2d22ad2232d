#include "egress/scaling.h"

#include <libyuv/scale.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace plenum::egress {
namespace {

/// a * b / c, rounded to the nearest even number.
int even_ratio(int a, int b, int c) {
  const std::int64_t doubled = 2 * std::int64_t{c};
  return static_cast<int>((std::int64_t{a} * b + c) / doubled * 2);
}

}  // namespace

Rect centre_crop(Size from, Size to) {
  Rect part{0, 0, from.width, from.height};
  const std::int64_t wide = std::int64_t{from.width} * to.height;
  const std::int64_t tall = std::int64_t{from.height} * to.width;
  if (wide > tall) {
    const int width = std::max(2, even_ratio(from.height, to.width, to.height));
    if (width < from.width) part.width = width;
  } else if (tall > wide) {
    const int height = std::max(2, even_ratio(from.width, to.height, to.width));
    if (height < from.height) part.height = height;
  }
  part.x = (from.width - part.width) / 4 * 2;
  part.y = (from.height - part.height) / 4 * 2;
  return part;
}

Rect fit_inside(Size from, Rect into) {
  Size inner{into.width, into.height};
  const std::int64_t wide = std::int64_t{from.width} * into.height;
  const std::int64_t tall = std::int64_t{from.height} * into.width;
  if (wide < tall) {
    inner.width = std::clamp(even_ratio(into.height, from.width, from.height), 2, into.width);
  } else if (tall < wide) {
    inner.height = std::clamp(even_ratio(into.width, from.height, from.width), 2, into.height);
  }
  return {into.x + (into.width - inner.width) / 4 * 2,
          into.y + (into.height - inner.height) / 4 * 2, inner.width, inner.height};
}

void scale_into(const PictureView& from, Picture& to, Rect where) {
  const bool shrinks = where.width < from.size.width || where.height < from.size.height;
  const auto chroma = where.y / 2 * std::ptrdiff_t{to.stride_uv()} + where.x / 2;
  libyuv::I420Scale(from.y, from.stride_y, from.u, from.stride_u, from.v, from.stride_v,
                    from.size.width, from.size.height,
                    to.y() + where.y * std::ptrdiff_t{to.stride_y()} + where.x, to.stride_y(),
                    to.u() + chroma, to.stride_uv(), to.v() + chroma, to.stride_uv(), where.width,
                    where.height, shrinks ? libyuv::kFilterBox : libyuv::kFilterBilinear);
}

Picture scaled(const PictureView& from, Size to) {
  Picture picture(to);
  scale_into(from, picture, {0, 0, to.width, to.height});
  return picture;
}

}  // namespace plenum::egress
