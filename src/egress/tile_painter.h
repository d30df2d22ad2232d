#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "egress/drawing.h"
#include "egress/tile_chrome.h"

namespace plenum::egress {

/// One tile of a scene, as whoever lays it out and decodes for it hands it over.
struct TileView {
  /// Of the participant; gives the avatar its colour.
  std::string identity{};
  /// Whose picture versions are meant, e.g. the track's id.
  std::string track{};
  /// Rounded to even coordinates and cut to the canvas.
  Rect rect{};
  /// All of the picture with bars in the tile's colour, instead of its middle part filling the
  /// tile.
  bool contain = false;
  /// Greater ones lie above.
  int z = 0;
  /// 255 opaque, 0 not drawn.
  std::uint8_t alpha = 255;
  bool speaking = false, muted = false;
  /// UTF-8 from strangers; may be anything.
  std::string name{};
  /// Lent for the call; null shows the avatar.
  const PictureView* picture = nullptr;
  /// Another for each picture of the track.
  std::uint64_t picture_version = 0;
};

/// Draws single tiles, each wholly.
class TilePainter {
 public:
  TilePainter(Text& text, Palette palette) : chrome_(text, palette) {}
  void set_palette(Palette palette) { chrome_.set_palette(palette); }

  /// Draws over what is there, which shows through outside the rounded corners and if the tile is
  /// not opaque. `rect` is even and within the canvas; it stands for the tile's.
  void draw(const TileView& tile, Rect rect, Picture& canvas);

 private:
  void draw_inside(const TileView& tile, Rect rect, Picture& on, const TileMeasures& m);
  void draw_picture(const TileView& tile, Rect rect, Picture& on);
  void draw_avatar(const TileView& tile, Rect rect, Picture& on, const TileMeasures& m);
  void draw_ring(Rect rect, Picture& on, const TileMeasures& m);
  void draw_opaque(const TileView& tile, Rect rect, Picture& canvas, const TileMeasures& m);
  void draw_translucent(const TileView& tile, Rect rect, Picture& canvas, const TileMeasures& m);

  TileChrome chrome_;
  std::array<Picture, 4> under_corners_;
  Picture scratch_;
};

/// The four squares that hold a rectangle's corners: upper left, upper right, lower left, lower
/// right.
std::array<Rect, 4> corner_squares(Rect rect, int side);

}  // namespace plenum::egress
