#include "egress/layout.h"

#include <algorithm>

namespace plenum::egress {
namespace {

constexpr int kMinCanvas = 64;
/// The shorter side of the canvas over the gap between tiles.
constexpr int kSideOverGap = 80;
/// A strip takes at most this part of the canvas.
constexpr int kCanvasOverStrip = 4;

constexpr int even(int v) { return v & ~1; }

/// Who is in a tile, before it has a place.
struct Shot {
  const Member* member = nullptr;
  TileSource source = TileSource::camera;
};

Tile tile_of(const Shot& shot, Rect rect, int z) {
  return {.identity = shot.member->identity,
          .source = shot.source,
          .rect = rect,
          .fit = shot.source == TileSource::screen ? Fit::contain : Fit::cover,
          .z = z};
}

/// The largest even box of ratio a:b, to within two pixels, that fits in the given one.
Size box(int width, int height, int a, int b) {
  const int w = even(std::min(width, height * a / b));
  return {w, even(w * b / a)};
}

struct Grid {
  int columns = 0, rows = 0;
  Size tile;
};

/// Rows and columns that leave the least of the canvas empty: all tiles are of one size, so that
/// is the largest tile. Of equals the one with fewer empty cells, then with fewer columns.
Grid best_grid(int count, Size canvas, int gap, bool upright_allowed) {
  Grid best;
  const auto better = [&](const Grid& g) {
    const int area = g.tile.width * g.tile.height, known = best.tile.width * best.tile.height;
    return area != known ? area > known : g.columns * g.rows < best.columns * best.rows;
  };
  for (int columns = 1; columns <= count; ++columns) {
    const int rows = (count + columns - 1) / columns;
    const int width = (canvas.width - (columns + 1) * gap) / columns;
    const int height = (canvas.height - (rows + 1) * gap) / rows;
    if (width < 2 || height < 2) continue;
    const Grid wide{columns, rows, box(width, height, 16, 9)};
    const Grid upright{columns, rows, box(width, height, 9, 16)};
    if (better(wide)) best = wide;
    if (upright_allowed && better(upright)) best = upright;
  }
  return best;
}

std::vector<Tile> place_grid(std::span<const Shot> shots, Size canvas, int gap, bool portrait) {
  std::vector<Tile> tiles;
  if (shots.size() == 1) {
    const Rect all{gap, gap, canvas.width - 2 * gap, canvas.height - 2 * gap};
    tiles.push_back(tile_of(shots.front(), all, 0));
    return tiles;
  }
  const int count = static_cast<int>(shots.size());
  const auto [columns, rows, size] = best_grid(count, canvas, gap, portrait);
  if (size.width < 2 || size.height < 2) return tiles;
  const int top = even((canvas.height - rows * size.height - (rows - 1) * gap) / 2);
  for (int i = 0; i < count; ++i) {
    const int row = i / columns, column = i % columns;
    const int in_row = std::min(columns, count - row * columns);
    const int left = even((canvas.width - in_row * size.width - (in_row - 1) * gap) / 2);
    const Rect rect{left + column * (size.width + gap), top + row * (size.height + gap), size.width,
                    size.height};
    tiles.push_back(tile_of(shots[static_cast<std::size_t>(i)], rect, 0));
  }
  return tiles;
}

/// The first has what the strip leaves. The tiles of the strip keep their size however many there
/// are: 16:9 at the right, or square below, which cuts upright and wide cameras alike.
std::vector<Tile> place_main_and_strip(std::span<const Shot> shots, Size canvas, int gap,
                                       bool portrait) {
  const int count = static_cast<int>(shots.size()) - 1;
  if (count == 0) return place_grid(shots, canvas, gap, portrait);
  const int places = portrait ? kPortraitStrip : kLandscapeStrip;
  const int along = portrait ? canvas.width : canvas.height;
  const int across = portrait ? canvas.height : canvas.width;
  const int room = (along - (places + 1) * gap) / places;
  const Size size = portrait ? box(room, across / kCanvasOverStrip, 1, 1)
                             : box(across / kCanvasOverStrip, room, 16, 9);
  const int step = (portrait ? size.width : size.height) + gap;
  const int start = even((along - count * step + gap) / 2);

  std::vector<Tile> tiles;
  const Rect main =
      portrait ? Rect{gap, gap, canvas.width - 2 * gap, canvas.height - size.height - 3 * gap}
               : Rect{gap, gap, canvas.width - size.width - 3 * gap, canvas.height - 2 * gap};
  tiles.push_back(tile_of(shots.front(), main, 0));
  for (int i = 0; i < count; ++i) {
    const int at = start + i * step;
    const Rect rect = portrait ? Rect{at, main.height + 2 * gap, size.width, size.height}
                               : Rect{main.width + 2 * gap, at, size.width, size.height};
    tiles.push_back(tile_of(shots[static_cast<std::size_t>(i) + 1], rect, 1));
  }
  return tiles;
}

bool shows_pinned_screen(const Member& m) { return m.screen_share && m.pinned_screen; }

}  // namespace

Seating seating(std::span<const Member* const> members, const LayoutConfig& config) {
  Seating s;
  s.pinned_only = config.priority == Priority::pin &&
                  std::any_of(members.begin(), members.end(), [](const Member* m) {
                    return m->may_publish && (m->pinned_camera || shows_pinned_screen(*m));
                  });
  for (const Member* m : members) {
    if (!m->may_publish || !m->screen_share) continue;
    if (s.pinned_only && !m->pinned_camera && !m->pinned_screen) continue;
    if (!s.screen || (m->pinned_screen != s.screen->pinned_screen
                          ? m->pinned_screen
                          : m->screen_share_order > s.screen->screen_share_order))
      s.screen = m;
  }
  const auto allowed = static_cast<std::size_t>(tiles_allowed(config.grid_size));
  const auto strip = static_cast<std::size_t>(
      config.orientation == Orientation::portrait ? kPortraitStrip : kLandscapeStrip);
  if (s.screen) {
    const bool alone = config.type == LayoutType::spotlight && !s.pinned_only;
    s.cameras = alone ? 0 : std::min(strip, allowed - 1);
    for (const Member* m : members)
      if (m != s.screen && m->may_publish && shows_pinned_screen(*m) && s.cameras > 0) {
        s.pinned_screens.push_back(m);
        --s.cameras;
      }
    return s;
  }
  s.main_camera = config.type == LayoutType::sidebar ||
                  (config.type == LayoutType::spotlight && !s.pinned_only);
  s.cameras = config.type == LayoutType::sidebar ? std::min(strip + 1, allowed)
              : s.main_camera                    ? 1
                                                 : allowed;
  return s;
}

std::vector<Tile> layout(const Cast& cast, const LayoutConfig& config, Size canvas) {
  canvas = {even(canvas.width), even(canvas.height)};
  const int side = std::min(canvas.width, canvas.height);
  if (config.mode == Mode::audio || side < kMinCanvas) return {};
  std::vector<const Member*> members;
  for (const Member& m : cast.members) members.push_back(&m);
  const Seating seats = seating(members, config);

  std::vector<Shot> shots;
  if (seats.screen) shots.push_back({seats.screen, TileSource::screen});
  for (const Member* m : seats.pinned_screens) shots.push_back({m, TileSource::screen});
  std::size_t cameras = 0;
  for (const Member* m : members)
    if (seats.admits(*m) && cameras < seats.cameras) {
      shots.push_back({m, TileSource::camera});
      ++cameras;
    }
  if (shots.empty()) return {};

  const bool portrait = config.orientation == Orientation::portrait;
  const int gap = std::max(2, even(side / kSideOverGap));
  return seats.screen || seats.main_camera ? place_main_and_strip(shots, canvas, gap, portrait)
                                           : place_grid(shots, canvas, gap, portrait);
}

}  // namespace plenum::egress
