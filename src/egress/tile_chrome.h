#pragma once
#include <compare>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "egress/drawing.h"
#include "egress/palette.h"
#include "egress/shapes.h"
#include "egress/text.h"

namespace plenum::egress {

/// Measures of what is drawn on a tile, in pixels.
struct TileMeasures {
  int radius = 0;       // of the corners; even
  int ring = 0;         // thickness of the speaking ring
  int margin = 0;       // from the tile's edges to the label; even
  int line_height = 0;  // of the label's text
  int avatar = 0;       // diameter; even
};
/// A tile that fills the canvas has square corners.
TileMeasures measures_of(Size tile, Size canvas);

/// What is drawn on tiles beside their picture: labels, avatars, the masks of rings and corners.
/// Each is prepared when first asked for and kept in a bounded store.
class TileChrome {
 public:
  TileChrome(Text& text, Palette palette) : text_(text), palette_(palette) {}
  void set_palette(Palette palette);
  const Palette& palette() const { return palette_; }

  /// The plate with the name and, if muted, the sign before it; at most as wide as the tile leaves
  /// room for. Empty when there is nothing to show or no room. Valid until the next call.
  const Overlay& label(std::string_view name, bool muted, Size tile, const TileMeasures& m);
  /// A disc with the name's initials, or with a figure when it has none that can be drawn; its
  /// colour is the identity's. Valid until the next call.
  const Overlay& avatar(std::string_view identity, std::string_view name, int diameter);
  /// Valid until the next call.
  const RingMask& ring(Size tile, const TileMeasures& m);
  /// What lies outside a rounded corner: a square of twice the radius with all four. Valid until
  /// the next call.
  const AlphaBitmap& corners(int radius);

  /// What each store holds at most, in bytes; when full it starts anew.
  static constexpr std::size_t kMaxStoredBytes = 4 << 20;

 private:
  struct LabelKey {
    std::string name;
    bool muted = false;
    int room = 0, line_height = 0;
    friend auto operator<=>(const LabelKey&, const LabelKey&) = default;
  };
  struct AvatarKey {
    std::string identity, name;
    int diameter = 0;
    friend auto operator<=>(const AvatarKey&, const AvatarKey&) = default;
  };
  struct RingKey {
    int width = 0, height = 0, radius = 0, thickness = 0;
    friend auto operator<=>(const RingKey&, const RingKey&) = default;
  };
  /// Prepared things by what they were prepared for.
  template <class Key, class Value>
  struct Store {
    std::map<Key, Value> values;
    std::size_t bytes = 0;
    /// As prepared before, else by `make` now.
    template <class Make>
    const Value& get(Key key, Make make);
    void clear();
  };

  Overlay draw_label(const LabelKey& key);
  Overlay draw_avatar(const AvatarKey& key);

  Text& text_;
  Palette palette_;
  Store<LabelKey, Overlay> labels_;
  Store<AvatarKey, Overlay> avatars_;
  Store<RingKey, RingMask> rings_;
  Store<int, AlphaBitmap> corners_;
};

}  // namespace plenum::egress
