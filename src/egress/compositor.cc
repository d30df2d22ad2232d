#include "egress/compositor.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "egress/display_name.h"
#include "egress/drawing.h"
#include "egress/scaling.h"

namespace plenum::egress {
namespace {

/// Part of the canvas's shorter side that is left between a logo and the edge.
constexpr int kLogoGap = 36;

Size checked(Size canvas) {
  const auto allowed = [](int side) {
    return side >= 16 && side <= kMaxPictureSide && side % 2 == 0;
  };
  if (!allowed(canvas.width) || !allowed(canvas.height)) {
    throw std::invalid_argument("the canvas of a composition has to be of even size");
  }
  return canvas;
}

/// The even part of a rectangle that lies on the canvas; empty sizes where there is none.
Rect on_canvas(Rect r, Size canvas) {
  const auto edge = [](int at, int limit) { return std::clamp(at, 0, limit) / 2 * 2; };
  const int left = edge(r.x, canvas.width), top = edge(r.y, canvas.height);
  return {left, top, std::max(0, edge(r.x + r.width, canvas.width) - left),
          std::max(0, edge(r.y + r.height, canvas.height) - top)};
}

bool overlap(Rect a, Rect b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

}  // namespace

Compositor::Compositor(Size canvas, Palette palette, std::vector<std::filesystem::path> fonts)
    : canvas_(checked(canvas)),
      palette_(palette),
      fonts_(std::move(fonts)),
      painter_(text_, palette) {}

void Compositor::set_palette(Palette palette) {
  if (palette == palette_) return;
  palette_ = palette;
  painter_.set_palette(palette);
  everything_ = true;
}

void Compositor::set_background(const PictureView* image) {
  background_.reset();
  if (image) {
    background_ = scaled(crop(*image, centre_crop(image->size, canvas_.size())), canvas_.size());
  }
  everything_ = true;
}

void Compositor::set_logo(Overlay logo, Corner corner) {
  lift_logo();
  logo_ = std::move(logo);
  everything_ = true;
  if (logo_.empty()) return;
  const Size all = canvas_.size(), size = logo_.size();
  const int gap = std::min(all.width, all.height) / kLogoGap / 2 * 2;
  const bool is_left = corner == Corner::top_left || corner == Corner::bottom_left;
  const bool is_top = corner == Corner::top_left || corner == Corner::top_right;
  logo_rect_ = {is_left ? gap : all.width - gap - size.width,
                is_top ? gap : all.height - gap - size.height, size.width, size.height};
  if (on_canvas(logo_rect_, all) != logo_rect_) logo_ = {};
}

void Compositor::lift_logo() {
  if (under_logo_) copy(under_logo_->view(), canvas_, logo_rect_);
  under_logo_.reset();
}

void Compositor::lay_logo() {
  if (logo_.empty()) return;
  under_logo_ = Picture(logo_.size());
  copy(crop(canvas_.view(), logo_rect_), *under_logo_, {0, 0, logo_rect_.width, logo_rect_.height});
  logo_.lay_on(canvas_, logo_rect_.x, logo_rect_.y);
}

Compositor::Drawn Compositor::state_of(const TileView& tile) const {
  const auto bounded = [](const std::string& s) { return s.substr(0, kMaxNameBytes); };
  return {.z = tile.z,
          .rect = on_canvas(tile.rect, canvas_.size()),
          .alpha = tile.alpha,
          .contain = tile.contain,
          .speaking = tile.speaking,
          .muted = tile.muted,
          .has_picture = tile.picture != nullptr,
          .picture_version = tile.picture ? tile.picture_version : 0,
          .picture_size = tile.picture ? tile.picture->size : Size{},
          .identity = bounded(tile.identity),
          .track = tile.picture ? bounded(tile.track) : std::string(),
          .name = bounded(tile.name)};
}

std::vector<Compositor::Tile> Compositor::in_drawing_order(std::span<const TileView> tiles) const {
  std::vector<Tile> out;
  for (const TileView& view : tiles) {
    Tile tile{.view = &view, .now = state_of(view)};
    const bool seen = tile.now.rect.width > 0 && tile.now.rect.height > 0 && tile.now.alpha > 0;
    if (seen) out.push_back(std::move(tile));
  }
  // A full order, so that it follows from the tiles' states alone.
  const auto key = [](const Tile& t) {
    const Drawn& d = t.now;
    return std::tie(d.z, d.rect.y, d.rect.x, d.identity, d.track);
  };
  std::stable_sort(out.begin(), out.end(), [&](auto& a, auto& b) { return key(a) < key(b); });
  return out;
}

/// Returns the rectangles of tiles that are gone or have changed.
std::vector<Rect> Compositor::mark_changes(std::vector<Tile>& tiles) const {
  const auto is_drawn = [&](const Drawn& d) {
    return std::find(drawn_.begin(), drawn_.end(), d) != drawn_.end();
  };
  const auto stays = [&](const Drawn& d) {
    return std::any_of(tiles.begin(), tiles.end(), [&](const Tile& t) { return t.now == d; });
  };
  std::vector<Rect> left;
  for (const Drawn& d : drawn_) {
    if (!stays(d)) left.push_back(d.rect);
  }
  std::vector<Rect> damage = left;
  for (Tile& t : tiles) {
    t.dirty = !is_drawn(t.now);
    if (t.dirty) damage.push_back(t.now.rect);
  }
  // Who overlaps what is drawn anew has to be drawn anew as well.
  for (std::size_t i = 0; i < damage.size(); ++i) {
    for (Tile& t : tiles) {
      if (t.dirty || !overlap(damage[i], t.now.rect)) continue;
      t.dirty = true;
      damage.push_back(t.now.rect);
    }
  }
  return left;
}

void Compositor::clear(Rect rect) {
  if (background_) {
    copy(crop(background_->view(), rect), canvas_, rect);
  } else {
    fill(canvas_, rect, to_yuv(palette_.background));
  }
}

/// Lays the background where it will be seen: under the corners of opaque tiles, under all of
/// others, and where tiles have left.
void Compositor::clear_for(const std::vector<Tile>& tiles, const std::vector<Rect>& left) {
  const auto is_covered = [&](Rect rect) {
    return std::any_of(tiles.begin(), tiles.end(), [&](const Tile& t) {
      return t.dirty && t.now.alpha == 255 && t.now.rect == rect;
    });
  };
  for (const Rect rect : left) {
    if (!is_covered(rect)) clear(rect);
  }
  for (const Tile& t : tiles) {
    if (!t.dirty) continue;
    const Rect rect = t.now.rect;
    if (t.now.alpha < 255) {
      clear(rect);
      continue;
    }
    const int radius = measures_of({rect.width, rect.height}, canvas_.size()).radius;
    for (const Rect square : corner_squares(rect, radius)) clear(square);
  }
}

bool Compositor::draw(std::span<const TileView> tiles) {
  std::vector<Tile> scene = in_drawing_order(tiles);
  if (everything_) drawn_.clear();
  const std::vector<Rect> left = mark_changes(scene);
  const bool changed = everything_ || !left.empty() ||
                       std::any_of(scene.begin(), scene.end(), [](auto& t) { return t.dirty; });
  if (!changed) return false;
  lift_logo();
  if (everything_) clear({0, 0, canvas_.size().width, canvas_.size().height});
  everything_ = false;
  clear_for(scene, left);
  for (const Tile& t : scene) {
    if (t.dirty) painter_.draw(*t.view, t.now.rect, canvas_);
  }
  lay_logo();
  drawn_.clear();
  for (Tile& t : scene) drawn_.push_back(std::move(t.now));
  return true;
}

}  // namespace plenum::egress
