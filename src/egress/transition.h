#pragma once
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "egress/scene.h"

namespace plenum::egress {

/// A tile on its way.
struct MovingTile {
  Tile tile{};
  /// 0 = not there yet, or gone; 255 = opaque.
  std::uint8_t alpha = 255;
  friend bool operator==(const MovingTile&, const MovingTile&) = default;
};

/// Leads from one layout to the next: tiles that stay glide to their new place and slow down
/// towards it, those that come and go fade. Sans-I/O. A tile is known by identity and source.
class Transition {
 public:
  static constexpr Duration kLength = 300ms;
  /// A length of 0 turns transitions off: each layout is there at once.
  explicit Transition(Duration length = kLength) : length_(length) {}

  /// Starts the way to `tiles` from what tiles_at(now) shows. The very first layout is there at
  /// once; the one that is the target already changes nothing.
  void set(std::vector<Tile> tiles, TimePoint now);
  /// What to draw, the farthest first. Rects are even and within what old and new tiles span. Tiles
  /// that leave are behind all others. After the end exactly the tiles of set().
  std::vector<MovingTile> tiles_at(TimePoint now) const;
  /// Whether tiles_at() of a later time may differ.
  bool running(TimePoint now) const { return now < end_; }

 private:
  struct Path {
    Tile to{};
    Rect from{};
    std::uint8_t from_alpha = 0, to_alpha = 255;
  };

  Duration length_;
  std::vector<Tile> target_;
  std::vector<Path> paths_;
  TimePoint start_{}, end_ = TimePoint::min();
  bool first_ = true;
};

}  // namespace plenum::egress
