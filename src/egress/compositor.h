#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "egress/font_set.h"
#include "egress/palette.h"
#include "egress/picture.h"
#include "egress/text.h"
#include "egress/tile_painter.h"

namespace plenum::egress {

enum class Corner : std::uint8_t { top_left, top_right, bottom_left, bottom_right };

/// Keeps the picture of a scene up to date: tiles on a background, and a logo over all. Draws a
/// tile only when something of it has changed, or of a tile that it overlaps. For one thread.
class Compositor {
 public:
  /// `canvas` is even, 16 to kMaxPictureSide a side, else std::invalid_argument. `fonts` in order
  /// of preference, e.g. FontSet::installed(); without any, names are not drawn.
  Compositor(Size canvas, Palette palette, std::vector<std::filesystem::path> fonts);

  void set_palette(Palette palette);
  /// Covers the canvas instead of the background's colour; copied. Null goes back to the colour.
  void set_background(const PictureView* image);
  /// Lies over everything, a little away from the corner. Empty: none. It has to leave room for
  /// that, else it is left out.
  void set_logo(Overlay logo, Corner corner);

  /// Draws the scene of these tiles, in any order; of equal z the upper, then the left one is drawn
  /// first. Returns whether the canvas has changed.
  bool draw(std::span<const TileView> tiles);
  const Picture& canvas() const { return canvas_; }

 private:
  /// All that a tile's drawing depends on.
  struct Drawn {
    int z = 0;
    Rect rect{};
    std::uint8_t alpha = 0;
    bool contain = false, speaking = false, muted = false, has_picture = false;
    std::uint64_t picture_version = 0;
    Size picture_size{};
    std::string identity{}, track{}, name{};
    friend bool operator==(const Drawn&, const Drawn&) = default;
  };
  struct Tile {
    const TileView* view = nullptr;
    Drawn now{};
    bool dirty = false;
  };

  Drawn state_of(const TileView& tile) const;
  std::vector<Tile> in_drawing_order(std::span<const TileView> tiles) const;
  std::vector<Rect> mark_changes(std::vector<Tile>& tiles) const;
  void clear(Rect rect);
  void lift_logo();
  void lay_logo();
  void clear_for(const std::vector<Tile>& tiles, const std::vector<Rect>& left);

  Picture canvas_;
  Palette palette_;
  std::optional<Picture> background_;
  Overlay logo_;
  Rect logo_rect_{};
  /// What the canvas has under the logo, while that lies there.
  std::optional<Picture> under_logo_;
  FontSet fonts_;
  Text text_{fonts_};
  TilePainter painter_;
  std::vector<Drawn> drawn_;
  bool everything_ = true;  // has to be drawn anew
};

}  // namespace plenum::egress
