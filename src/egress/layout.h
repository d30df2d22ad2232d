#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "egress/scene.h"

namespace plenum::egress {

/// Cameras beside or below a main tile.
inline constexpr int kLandscapeStrip = 5;
inline constexpr int kPortraitStrip = 4;

/// Which places there are for a room, before anybody takes one. Points into `members`.
struct Seating {
  /// Whose screen has the main area; null = no screen is shown.
  const Member* screen = nullptr;
  /// Further screens that are pinned. They go before the cameras.
  std::vector<const Member*> pinned_screens;
  /// Places for cameras.
  std::size_t cameras = 0;
  /// The first of the cameras has the main area.
  bool main_camera = false;
  /// Only pinned cameras may be shown.
  bool pinned_only = false;

  bool admits(const Member& m) const { return m.may_publish && (!pinned_only || m.pinned_camera); }
};

/// The rules of section "layout semantics" of the API:
/// - A shared screen has the main area of any layout: a pinned one before others, then the one that
///   started last. Cameras stand in the strip, in SPOTLIGHT none.
/// - Priority `pin` with at least one pin: only pinned cameras, and the screens of those with any
///   pin; in SPOTLIGHT they share the canvas, or the strip of a screen.
Seating seating(std::span<const Member* const> members, const LayoutConfig& config);

/// Places the cast on a canvas. Pure; the same arguments give the same tiles, in the order of the
/// cast, the main tile first. The gaps between tiles and at the edge of the canvas are equal, only
/// at the ends of a grid or strip there may be more room. GRID: 16:9 tiles, in portrait also 9:16,
/// as large as possible, the last row centred. One tile alone fills the canvas. No tiles: nobody
/// there, mode `audio`, canvas below 64×64.
std::vector<Tile> layout(const Cast& cast, const LayoutConfig& config, Size canvas);

}  // namespace plenum::egress
