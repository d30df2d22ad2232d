#include "egress/layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>

namespace plenum::egress {
namespace {

std::string id(int i) { return "p" + std::to_string(i); }

Cast cast_of(int count) {
  Cast cast;
  for (int i = 0; i < count; ++i) cast.members.push_back({.identity = id(i), .camera = true});
  return cast;
}

Cast sharing(int count, int presenter) {
  Cast cast = cast_of(count);
  Member& m = cast.members[static_cast<std::size_t>(presenter)];
  m.screen_share = true;
  m.screen_share_order = 1;
  return cast;
}

std::vector<Tile> on_canvas(const Cast& cast, LayoutConfig config) {
  return layout(cast, config, canvas_size(config.quality, config.orientation));
}

/// "p0 p1@" with @ for screens.
std::string who(const std::vector<Tile>& tiles) {
  std::string text;
  for (const Tile& t : tiles)
    text += (text.empty() ? "" : " ") + t.identity + (t.source == TileSource::screen ? "@" : "");
  return text;
}

std::string show(const Rect& r) {
  return std::to_string(r.x) + "," + std::to_string(r.y) + " " + std::to_string(r.width) + "x" +
         std::to_string(r.height);
}

bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/// A grid: `columns` a row, tiles of one size, from `first` to `last`; `last_row` starts the last
/// row.
struct GridCase {
  Orientation orientation = Orientation::landscape;
  Quality quality = Quality::med;
  int count = 0, columns = 0;
  Rect first{}, last_row{}, last{};
};

constexpr auto kLandscape = Orientation::landscape, kPortrait = Orientation::portrait;
constexpr auto kLow = Quality::low, kMed = Quality::med, kHigh = Quality::high;

const GridCase kGrids[] = {
    // clang-format off
    {kLandscape, kMed, 1, 1, {8, 8, 1264, 704}, {8, 8, 1264, 704}, {8, 8, 1264, 704}},
    {kLandscape, kMed, 2, 2, {8, 184, 628, 352}, {8, 184, 628, 352}, {644, 184, 628, 352}},
    {kLandscape, kMed, 3, 2, {18, 10, 618, 346}, {330, 364, 618, 346}, {330, 364, 618, 346}},
    {kLandscape, kMed, 4, 2, {18, 10, 618, 346}, {18, 364, 618, 346}, {644, 364, 618, 346}},
    {kLandscape, kMed, 5, 3, {8, 122, 416, 234}, {220, 364, 416, 234}, {644, 364, 416, 234}},
    {kLandscape, kMed, 7, 3, {22, 10, 406, 228}, {436, 482, 406, 228}, {436, 482, 406, 228}},
    {kLandscape, kMed, 9, 3, {22, 10, 406, 228}, {22, 482, 406, 228}, {850, 482, 406, 228}},
    {kLandscape, kMed, 16, 4, {24, 12, 302, 168}, {24, 540, 302, 168}, {954, 540, 302, 168}},
    {kLandscape, kMed, 25, 5, {28, 14, 238, 132}, {28, 574, 238, 132}, {1012, 574, 238, 132}},
    {kPortrait, kMed, 1, 1, {8, 8, 704, 1264}, {8, 8, 704, 1264}, {8, 8, 704, 1264}},
    {kPortrait, kMed, 2, 1, {8, 240, 704, 396}, {8, 644, 704, 396}, {8, 644, 704, 396}},
    {kPortrait, kMed, 3, 1, {8, 38, 704, 396}, {8, 846, 704, 396}, {8, 846, 704, 396}},
    {kPortrait, kMed, 4, 2, {8, 18, 348, 618}, {8, 644, 348, 618}, {364, 644, 348, 618}},
    {kPortrait, kMed, 5, 1, {142, 14, 436, 244}, {142, 1022, 436, 244}, {142, 1022, 436, 244}},
    {kPortrait, kMed, 7, 3, {10, 26, 228, 404}, {246, 850, 228, 404}, {246, 850, 228, 404}},
    {kPortrait, kMed, 9, 3, {10, 26, 228, 404}, {10, 850, 228, 404}, {482, 850, 228, 404}},
    {kPortrait, kMed, 16, 4, {8, 24, 170, 302}, {8, 954, 170, 302}, {542, 954, 170, 302}},
    {kPortrait, kMed, 25, 5, {8, 28, 134, 238}, {8, 1012, 134, 238}, {576, 1012, 134, 238}},
    {kLandscape, kLow, 4, 2, {14, 6, 410, 230}, {14, 242, 410, 230}, {430, 242, 410, 230}},
    {kLandscape, kHigh, 9, 3, {32, 14, 610, 342}, {32, 722, 610, 342}, {1276, 722, 610, 342}},
    // clang-format on
};

TEST(Layout, a_grid_has_the_rows_and_columns_that_leave_least_of_the_canvas_empty) {
  for (const GridCase& c : kGrids) {
    const LayoutConfig config{.orientation = c.orientation, .quality = c.quality};
    const auto tiles = on_canvas(cast_of(c.count), config);
    SCOPED_TRACE(std::to_string(c.count) + (c.orientation == kPortrait ? " portrait" : ""));

    ASSERT_EQ(static_cast<int>(tiles.size()), c.count);
    const int last_row = (c.count - 1) / c.columns * c.columns;
    EXPECT_EQ(show(tiles.front().rect), show(c.first));
    EXPECT_EQ(show(tiles[static_cast<std::size_t>(last_row)].rect), show(c.last_row));
    EXPECT_EQ(show(tiles.back().rect), show(c.last));
    const int gap = c.quality == kLow ? 6 : c.quality == kMed ? 8 : 12;
    for (std::size_t i = 1; i < tiles.size(); ++i) {
      const Rect &a = tiles[i - 1].rect, &b = tiles[i].rect;
      if (static_cast<int>(i) % c.columns == 0)
        EXPECT_EQ(b.y - a.y, a.height + gap);
      else
        EXPECT_EQ(b.x - a.x, a.width + gap);
      EXPECT_EQ(Size(b.width, b.height), Size(a.width, a.height));
      EXPECT_EQ(tiles[i].identity, id(static_cast<int>(i)));
    }
  }
}

struct StripCase {
  Orientation orientation = Orientation::landscape;
  int count = 0, shown = 0;
  Rect main{}, first{}, last{};
};

TEST(Layout, a_sidebar_is_a_main_tile_and_a_strip_at_the_right_or_in_portrait_below) {
  const StripCase cases[] = {
      {kLandscape, 1, 1, {8, 8, 1264, 704}, {8, 8, 1264, 704}, {8, 8, 1264, 704}},
      {kLandscape, 2, 2, {8, 8, 1018, 704}, {1034, 294, 238, 132}, {1034, 294, 238, 132}},
      {kLandscape, 3, 3, {8, 8, 1018, 704}, {1034, 224, 238, 132}, {1034, 364, 238, 132}},
      {kLandscape, 5, 5, {8, 8, 1018, 704}, {1034, 84, 238, 132}, {1034, 504, 238, 132}},
      {kLandscape, 25, 6, {8, 8, 1018, 704}, {1034, 14, 238, 132}, {1034, 574, 238, 132}},
      {kPortrait, 1, 1, {8, 8, 704, 1264}, {8, 8, 704, 1264}, {8, 8, 704, 1264}},
      {kPortrait, 2, 2, {8, 8, 704, 1086}, {274, 1102, 170, 170}, {274, 1102, 170, 170}},
      {kPortrait, 4, 4, {8, 8, 704, 1086}, {96, 1102, 170, 170}, {452, 1102, 170, 170}},
      {kPortrait, 25, 5, {8, 8, 704, 1086}, {8, 1102, 170, 170}, {542, 1102, 170, 170}},
  };
  for (const StripCase& c : cases) {
    SCOPED_TRACE(std::to_string(c.count) + (c.orientation == kPortrait ? " portrait" : ""));
    const LayoutConfig config{.type = LayoutType::sidebar, .orientation = c.orientation};
    const auto tiles = on_canvas(cast_of(c.count), config);

    ASSERT_EQ(static_cast<int>(tiles.size()), c.shown);
    EXPECT_EQ(show(tiles.front().rect), show(c.main));
    EXPECT_EQ(show(tiles[c.shown > 1 ? 1 : 0].rect), show(c.first));
    EXPECT_EQ(show(tiles.back().rect), show(c.last));
  }
}

TEST(Layout, a_shared_screen_has_the_main_area_of_every_layout_and_is_not_cut) {
  for (const LayoutType type : {LayoutType::grid, LayoutType::sidebar, LayoutType::spotlight}) {
    const auto tiles = on_canvas(sharing(9, 3), {.type = type});

    ASSERT_FALSE(tiles.empty());
    EXPECT_EQ(tiles.front().source, TileSource::screen);
    EXPECT_EQ(tiles.front().identity, "p3");
    EXPECT_EQ(tiles.front().fit, Fit::contain);
    EXPECT_EQ(who(tiles), type == LayoutType::spotlight ? "p3@" : "p3@ p0 p1 p2 p3 p4");
    for (std::size_t i = 1; i < tiles.size(); ++i) EXPECT_EQ(tiles[i].fit, Fit::cover);
  }
  EXPECT_EQ(who(on_canvas(sharing(9, 3), {.orientation = kPortrait})), "p3@ p0 p1 p2 p3");
}

TEST(Layout, of_several_screens_a_pinned_one_goes_first_and_then_the_last_that_started) {
  Cast cast = sharing(3, 0);
  cast.members[1].screen_share = true;
  cast.members[1].screen_share_order = 2;
  EXPECT_EQ(who(on_canvas(cast, {})), "p1@ p0 p1 p2");

  cast.members[0].pinned_screen = true;
  EXPECT_EQ(who(on_canvas(cast, {})), "p0@ p0 p1 p2");
  cast.members[1].pinned_screen = true;
  EXPECT_EQ(who(on_canvas(cast, {})), "p1@ p0@ p0 p1 p2");
}

TEST(Layout, priority_pin_shows_only_who_is_pinned_while_anybody_is) {
  Cast cast = cast_of(5);
  const LayoutConfig grid{.priority = Priority::pin};
  const LayoutConfig spotlight{.type = LayoutType::spotlight, .priority = Priority::pin};
  EXPECT_EQ(who(on_canvas(cast, grid)), "p0 p1 p2 p3 p4");
  EXPECT_EQ(who(on_canvas(cast, spotlight)), "p0");

  cast.members[1].pinned_camera = cast.members[3].pinned_camera = true;
  EXPECT_EQ(who(on_canvas(cast, grid)), "p1 p3");
  EXPECT_EQ(who(on_canvas(cast, spotlight)), "p1 p3");
  EXPECT_EQ(on_canvas(cast, spotlight)[0].rect, (Rect{8, 184, 628, 352}));
  EXPECT_EQ(who(on_canvas(cast, {.type = LayoutType::spotlight})), "p0") << "not PIN";

  cast.members[0].screen_share = true;  // of somebody without a pin
  EXPECT_EQ(who(on_canvas(cast, spotlight)), "p1 p3");
  cast.members[3].screen_share = true;
  EXPECT_EQ(who(on_canvas(cast, spotlight)), "p3@ p1 p3");
}

TEST(Layout, who_may_not_publish_has_no_tile_and_nobody_means_no_tiles) {
  Cast cast = sharing(3, 0);
  cast.members[0].may_publish = false;
  cast.members[0].pinned_camera = true;
  EXPECT_EQ(who(on_canvas(cast, {.priority = Priority::pin})), "p1 p2");

  for (const LayoutType type : {LayoutType::grid, LayoutType::sidebar, LayoutType::spotlight})
    EXPECT_TRUE(on_canvas({}, {.type = type}).empty());
  EXPECT_TRUE(on_canvas(cast_of(3), {.mode = Mode::audio}).empty());
  EXPECT_TRUE(layout(cast_of(3), {}, {62, 1000}).empty());
  EXPECT_TRUE(layout(cast_of(3), {}, {-4, -4}).empty());
}

TEST(Layout, grid_size_limits_the_tiles_of_every_layout) {
  EXPECT_EQ(who(on_canvas(cast_of(9), {.grid_size = 4})), "p0 p1 p2 p3");
  EXPECT_EQ(who(on_canvas(cast_of(9), {.type = LayoutType::sidebar, .grid_size = 3})), "p0 p1 p2");
  EXPECT_EQ(who(on_canvas(sharing(9, 5), {.grid_size = 3})), "p5@ p0 p1");
  EXPECT_EQ(who(on_canvas(sharing(9, 5), {.grid_size = 1})), "p5@");
  EXPECT_EQ(on_canvas(cast_of(40), {}).size(), 25u);
}

template <class E>
E any(std::mt19937& random, int count) {
  return static_cast<E>(random() % static_cast<unsigned>(count));
}

TEST(Layout, tiles_of_any_cast_are_even_disjoint_and_within_any_canvas) {
  std::mt19937 random(7);
  const auto one_in = [&](unsigned n) { return random() % n == 0; };
  for (int round = 0; round < 3000; ++round) {
    Cast cast = cast_of(static_cast<int>(random() % 40));
    for (Member& m : cast.members) {
      m.camera = one_in(2);
      m.may_publish = !one_in(8);
      m.pinned_camera = one_in(8);
      m.pinned_screen = one_in(8);
      m.screen_share = one_in(12);
      m.screen_share_order = random() % 5;
    }
    const LayoutConfig config{.type = any<LayoutType>(random, 3),
                              .priority = any<Priority>(random, 2),
                              .grid_size = static_cast<int>(random() % 30),
                              .orientation = any<Orientation>(random, 2),
                              .quality = any<Quality>(random, 3)};
    const Size canvas = one_in(2) ? canvas_size(config.quality, config.orientation)
                                  : Size{static_cast<int>(64 + random() % 4000),
                                         static_cast<int>(64 + random() % 4000)};
    SCOPED_TRACE(round);
    const auto tiles = layout(cast, config, canvas);

    EXPECT_EQ(tiles, layout(cast, config, canvas));
    EXPECT_LE(static_cast<int>(tiles.size()), tiles_allowed(config.grid_size));
    EXPECT_EQ(tiles.empty(), std::none_of(cast.members.begin(), cast.members.end(),
                                          [](const Member& m) { return m.may_publish; }));
    std::set<std::pair<std::string, TileSource>> seen;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      const Rect& r = tiles[i].rect;
      EXPECT_TRUE(seen.insert({tiles[i].identity, tiles[i].source}).second);
      EXPECT_EQ((r.x | r.y | r.width | r.height) & 1, 0) << show(r);
      EXPECT_TRUE(r.x >= 2 && r.y >= 2 && r.width >= 2 && r.height >= 2) << show(r);
      EXPECT_TRUE(r.x + r.width + 2 <= canvas.width && r.y + r.height + 2 <= canvas.height)
          << show(r);
      for (std::size_t k = 0; k < i; ++k) EXPECT_FALSE(overlap(r, tiles[k].rect));
    }
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace plenum::egress
