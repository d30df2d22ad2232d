#include "egress/tile_painter.h"

#include <algorithm>
#include <cstddef>

#include "egress/scaling.h"

namespace plenum::egress {
namespace {

bool can_be_drawn(const PictureView* p) {
  return p && p->y && p->size.width > 0 && p->size.height > 0 && p->size.width <= kMaxPictureSide &&
         p->size.height <= kMaxPictureSide;
}

/// Where each corner's square begins in the mask that holds all four.
std::array<const std::uint8_t*, 4> quarters(const AlphaBitmap& corners, int radius) {
  return {corners.row(0), corners.row(0) + radius, corners.row(radius),
          corners.row(radius) + radius};
}

}  // namespace

std::array<Rect, 4> corner_squares(Rect rect, int side) {
  const int right = rect.x + rect.width - side, bottom = rect.y + rect.height - side;
  return {{{rect.x, rect.y, side, side},
           {right, rect.y, side, side},
           {rect.x, bottom, side, side},
           {right, bottom, side, side}}};
}

void TilePainter::draw(const TileView& tile, Rect rect, Picture& canvas) {
  const TileMeasures m = measures_of({rect.width, rect.height}, canvas.size());
  if (tile.alpha == 255) {
    draw_opaque(tile, rect, canvas, m);
  } else if (tile.alpha > 0) {
    draw_translucent(tile, rect, canvas, m);
  }
}

void TilePainter::draw_opaque(const TileView& tile, Rect rect, Picture& canvas,
                              const TileMeasures& m) {
  const auto squares = corner_squares(rect, m.radius);
  const Size side{m.radius, m.radius};
  for (std::size_t i = 0; i < squares.size() && m.radius > 0; ++i) {
    if (under_corners_[i].size() != side) under_corners_[i] = Picture(side);
    copy(crop(canvas.view(), squares[i]), under_corners_[i], {0, 0, m.radius, m.radius});
  }
  draw_inside(tile, rect, canvas, m);
  if (m.radius == 0) return;
  const auto masks = quarters(chrome_.corners(m.radius), m.radius);
  for (std::size_t i = 0; i < squares.size(); ++i) {
    blend(under_corners_[i].view(), {masks[i], 2 * m.radius}, canvas, squares[i]);
  }
}

void TilePainter::draw_translucent(const TileView& tile, Rect rect, Picture& canvas,
                                   const TileMeasures& m) {
  const Size size{rect.width, rect.height};
  if (scratch_.size() != size) scratch_ = Picture(size);
  const Rect all{0, 0, rect.width, rect.height};
  draw_inside(tile, all, scratch_, m);
  AlphaBitmap mask(size.width, size.height);
  std::fill(mask.pixels.begin(), mask.pixels.end(), tile.alpha);
  if (m.radius > 0) {
    const auto outside = quarters(chrome_.corners(m.radius), m.radius);
    const auto squares = corner_squares(all, m.radius);
    for (std::size_t i = 0; i < squares.size(); ++i) {
      for (int y = 0; y < m.radius; ++y) {
        std::uint8_t* row = mask.row(squares[i].y + y) + squares[i].x;
        const std::uint8_t* cut = outside[i] + std::ptrdiff_t{y} * 2 * m.radius;
        for (int x = 0; x < m.radius; ++x) {
          row[x] = static_cast<std::uint8_t>((tile.alpha * (255 - cut[x]) + 127) / 255);
        }
      }
    }
  }
  blend(scratch_.view(), {mask.pixels.data(), mask.width}, canvas, rect);
}

void TilePainter::draw_inside(const TileView& tile, Rect rect, Picture& on, const TileMeasures& m) {
  if (can_be_drawn(tile.picture)) {
    draw_picture(tile, rect, on);
  } else {
    draw_avatar(tile, rect, on, m);
  }
  if (tile.speaking) draw_ring(rect, on, m);
  const Size size{rect.width, rect.height};
  const Overlay& label = chrome_.label(tile.name, tile.muted, size, m);
  const int y = rect.height - m.margin - label.size().height;
  if (!label.empty() && y >= 0) label.lay_on(on, rect.x + m.margin, rect.y + y);
}

void TilePainter::draw_picture(const TileView& tile, Rect rect, Picture& on) {
  const PictureView& picture = *tile.picture;
  if (!tile.contain) {
    scale_into(crop(picture, centre_crop(picture.size, {rect.width, rect.height})), on, rect);
    return;
  }
  const Yuv bars = to_yuv(chrome_.palette().tile);
  const Rect inner = fit_inside(picture.size, rect);
  const int right = inner.x + inner.width, bottom = inner.y + inner.height;
  fill(on, {rect.x, rect.y, rect.width, inner.y - rect.y}, bars);
  fill(on, {rect.x, bottom, rect.width, rect.y + rect.height - bottom}, bars);
  fill(on, {rect.x, inner.y, inner.x - rect.x, inner.height}, bars);
  fill(on, {right, inner.y, rect.x + rect.width - right, inner.height}, bars);
  scale_into(picture, on, inner);
}

void TilePainter::draw_avatar(const TileView& tile, Rect rect, Picture& on, const TileMeasures& m) {
  fill(on, rect, to_yuv(chrome_.palette().tile));
  if (m.avatar < 16) return;
  const Overlay& avatar = chrome_.avatar(tile.identity, tile.name, m.avatar);
  avatar.lay_on(on, rect.x + (rect.width - m.avatar) / 4 * 2,
                rect.y + (rect.height - m.avatar) / 4 * 2);
}

void TilePainter::draw_ring(Rect rect, Picture& on, const TileMeasures& m) {
  if (std::min(rect.width, rect.height) < 2 * (m.radius + m.ring + 4)) return;
  const RingMask& ring = chrome_.ring({rect.width, rect.height}, m);
  const Yuv accent = to_yuv(chrome_.palette().accent);
  const int corner = ring.top.height, edge = ring.left.width;
  const int middle = rect.height - 2 * corner;
  const int right = rect.x + rect.width - edge, bottom = rect.y + rect.height - corner;
  const auto mask = [](const AlphaBitmap& b) { return Mask{b.pixels.data(), b.width}; };
  blend(accent, mask(ring.top), on, {rect.x, rect.y, rect.width, corner});
  blend(accent, mask(ring.bottom), on, {rect.x, bottom, rect.width, corner});
  blend(accent, {ring.left.pixels.data(), 0}, on, {rect.x, rect.y + corner, edge, middle});
  blend(accent, {ring.right.pixels.data(), 0}, on, {right, rect.y + corner, edge, middle});
}

}  // namespace plenum::egress
