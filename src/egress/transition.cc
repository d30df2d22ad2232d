#include "egress/transition.h"

#include <algorithm>
#include <cmath>

namespace plenum::egress {
namespace {

bool same_tile(const Tile& a, const Tile& b) {
  return a.source == b.source && a.identity == b.identity;
}

/// `share` 0…1 of the way, even when both ends are.
int even_between(int from, int to, double share) {
  return 2 * static_cast<int>(std::lround((from + (to - from) * share) / 2));
}

/// Moves the edges and not the sizes, so that gaps between neighbours stay.
Rect between(const Rect& from, const Rect& to, double share) {
  const int left = even_between(from.x, to.x, share);
  const int top = even_between(from.y, to.y, share);
  return {left, top, even_between(from.x + from.width, to.x + to.width, share) - left,
          even_between(from.y + from.height, to.y + to.height, share) - top};
}

std::uint8_t alpha_between(int from, int to, double share) {
  return static_cast<std::uint8_t>(std::lround(from + (to - from) * share));
}

}  // namespace

void Transition::set(std::vector<Tile> tiles, TimePoint now) {
  if (!first_ && tiles == target_) return;
  const std::vector<MovingTile> shown = tiles_at(now);
  int behind = 0;
  paths_.clear();
  for (const Tile& t : tiles) {
    const auto known = std::find_if(shown.begin(), shown.end(),
                                    [&](const MovingTile& s) { return same_tile(s.tile, t); });
    if (known != shown.end())
      paths_.push_back({.to = t, .from = known->tile.rect, .from_alpha = known->alpha});
    else
      paths_.push_back({.to = t, .from = t.rect});
    behind = std::min(behind, t.z);
  }
  const std::size_t staying = paths_.size();
  for (const MovingTile& s : shown) {
    if (std::any_of(tiles.begin(), tiles.end(),
                    [&](const Tile& t) { return same_tile(s.tile, t); }))
      continue;
    // Somebody else fades in on exactly this place: both fading would let the background through.
    const bool replaced =
        std::any_of(paths_.begin(), paths_.begin() + static_cast<std::ptrdiff_t>(staying),
                    [&](const Path& p) { return p.from_alpha == 0 && p.to.rect == s.tile.rect; });
    Path leaving{.to = s.tile, .from = s.tile.rect, .from_alpha = s.alpha, .to_alpha = 0};
    leaving.to.z = behind - 1;
    if (replaced) leaving.to_alpha = s.alpha;
    paths_.push_back(std::move(leaving));
  }
  target_ = std::move(tiles);
  start_ = now;
  end_ = first_ ? now : now + length_;
  first_ = false;
}

std::vector<MovingTile> Transition::tiles_at(TimePoint now) const {
  std::vector<MovingTile> tiles;
  if (!running(now)) {
    for (const Tile& t : target_) tiles.push_back({.tile = t, .alpha = 255});
  } else {
    const double left = std::clamp(
        static_cast<double>((end_ - now).count()) / static_cast<double>(length_.count()), 0.0, 1.0);
    const double share = 1 - left * left * left;
    for (const Path& p : paths_) {
      MovingTile moving{.tile = p.to, .alpha = alpha_between(p.from_alpha, p.to_alpha, share)};
      moving.tile.rect = between(p.from, p.to.rect, share);
      tiles.push_back(std::move(moving));
    }
  }
  std::stable_sort(tiles.begin(), tiles.end(),
                   [](const MovingTile& a, const MovingTile& b) { return a.tile.z < b.tile.z; });
  return tiles;
}

}  // namespace plenum::egress
