#include "egress/drawing.h"

#include <libyuv/convert.h>
#include <libyuv/planar_functions.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace plenum::egress {
namespace {

/// Where a rectangle begins in each plane.
struct Planes {
  std::uint8_t *y, *u, *v;
};
Planes planes(Picture& on, Rect where) {
  const auto chroma = where.y / 2 * std::ptrdiff_t{on.stride_uv()} + where.x / 2;
  return {on.y() + where.y * std::ptrdiff_t{on.stride_y()} + where.x, on.u() + chroma,
          on.v() + chroma};
}

std::uint8_t to_byte(float v) { return static_cast<std::uint8_t>(std::lround(v)); }

}  // namespace

PictureView crop(const PictureView& picture, Rect part) {
  PictureView view = picture;
  view.size = {part.width, part.height};
  view.y += part.y * std::ptrdiff_t{picture.stride_y} + part.x;
  view.u += part.y / 2 * std::ptrdiff_t{picture.stride_u} + part.x / 2;
  view.v += part.y / 2 * std::ptrdiff_t{picture.stride_v} + part.x / 2;
  return view;
}

void fill(Picture& on, Rect where, Yuv colour) {
  if (where.width <= 0 || where.height <= 0) return;
  libyuv::I420Rect(on.y(), on.stride_y(), on.u(), on.stride_uv(), on.v(), on.stride_uv(), where.x,
                   where.y, where.width, where.height, colour.y, colour.u, colour.v);
}

void copy(const PictureView& from, Picture& on, Rect where) {
  const Planes to = planes(on, where);
  libyuv::I420Copy(from.y, from.stride_y, from.u, from.stride_u, from.v, from.stride_v, to.y,
                   on.stride_y(), to.u, on.stride_uv(), to.v, on.stride_uv(), where.width,
                   where.height);
}

void blend(const PictureView& from, Mask mask, Picture& on, Rect where) {
  const Planes to = planes(on, where);
  libyuv::I420Blend(from.y, from.stride_y, from.u, from.stride_u, from.v, from.stride_v, to.y,
                    on.stride_y(), to.u, on.stride_uv(), to.v, on.stride_uv(), mask.alpha,
                    mask.stride, to.y, on.stride_y(), to.u, on.stride_uv(), to.v, on.stride_uv(),
                    where.width, where.height);
}

void blend(Yuv colour, Mask mask, Picture& on, Rect where) {
  // One row of the colour stands for all: a stride of 0.
  const auto width = static_cast<std::size_t>(where.width);
  const std::vector<std::uint8_t> y(width, colour.y), u(width / 2, colour.u),
      v(width / 2, colour.v);
  blend(
      PictureView{.size = {where.width, where.height}, .y = y.data(), .u = u.data(), .v = v.data()},
      mask, on, where);
}

void Overlay::lay_on(Picture& on, int x, int y) const {
  blend(colours_.view(), {alpha_.pixels.data(), alpha_.width}, on,
        {x, y, size().width, size().height});
}

OverlayPainter::OverlayPainter(Size size)
    : size_(size),
      pixels_(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height)) {}

void OverlayPainter::paint(const AlphaBitmap& shape, int x, int y, Rgb colour, float opacity) {
  const Yuv yuv = to_yuv(colour);
  for (int row = std::max(0, -y); row < std::min(shape.height, size_.height - y); ++row) {
    const std::uint8_t* coverage = shape.row(row);
    for (int i = std::max(0, -x); i < std::min(shape.width, size_.width - x); ++i) {
      const float over = opacity * static_cast<float>(coverage[i]) / 255, under = 1 - over;
      Pixel& p = pixels_[index(x + i, y + row)];
      p = {.y = yuv.y * over + p.y * under,
           .u = yuv.u * over + p.u * under,
           .v = yuv.v * over + p.v * under,
           .alpha = over + p.alpha * under};
    }
  }
}

Overlay OverlayPainter::finish() const {
  Picture colours(size_);
  AlphaBitmap alpha(size_.width, size_.height);
  for (int y = 0; y < size_.height; ++y) {
    for (int x = 0; x < size_.width; ++x) {
      const Pixel& p = pixels_[index(x, y)];
      alpha.row(y)[x] = to_byte(p.alpha * 255);
      colours.y()[y * colours.stride_y() + x] = p.alpha > 0 ? to_byte(p.y / p.alpha) : 16;
    }
  }
  // A chroma sample weighs its four pixels by what is seen of them.
  for (int y = 0; y < size_.height; y += 2) {
    for (int x = 0; x < size_.width; x += 2) {
      Pixel sum;
      for (const int i : {0, 1, 2, 3}) {
        const Pixel& p = pixels_[index(x + i % 2, y + i / 2)];
        sum = {.y = 0, .u = sum.u + p.u, .v = sum.v + p.v, .alpha = sum.alpha + p.alpha};
      }
      const int to = y / 2 * colours.stride_uv() + x / 2;
      colours.u()[to] = sum.alpha > 0 ? to_byte(sum.u / sum.alpha) : 128;
      colours.v()[to] = sum.alpha > 0 ? to_byte(sum.v / sum.alpha) : 128;
    }
  }
  return {std::move(colours), std::move(alpha)};
}

}  // namespace plenum::egress
