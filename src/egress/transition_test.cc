#include "egress/transition.h"

#include <gtest/gtest.h>

#include "egress/layout.h"

namespace plenum::egress {
namespace {

constexpr TimePoint t0{1h};

Tile tile(std::string identity, Rect rect, int z = 0) {
  return {.identity = std::move(identity), .rect = rect, .z = z};
}

TEST(Transition, the_first_layout_is_there_at_once) {
  Transition transition;
  EXPECT_TRUE(transition.tiles_at(t0).empty());
  transition.set({tile("a", {0, 0, 100, 100})}, t0);

  EXPECT_FALSE(transition.running(t0));
  EXPECT_EQ(transition.tiles_at(t0), (std::vector<MovingTile>{{tile("a", {0, 0, 100, 100}), 255}}));
}

TEST(Transition, a_tile_that_stays_glides_and_slows_down_within_300_ms) {
  Transition transition;
  transition.set({tile("a", {0, 0, 100, 100})}, t0);
  transition.set({tile("a", {800, 400, 300, 200})}, t0 + 1s);

  EXPECT_TRUE(transition.running(t0 + 1s));
  EXPECT_EQ(transition.tiles_at(t0 + 1s)[0].tile.rect, (Rect{0, 0, 100, 100}));
  // Half of the time is 1 - (1/2)^3 = 7/8 of the way.
  EXPECT_EQ(transition.tiles_at(t0 + 1150ms)[0].tile.rect, (Rect{700, 350, 276, 188}));
  EXPECT_EQ(transition.tiles_at(t0 + 1150ms)[0].alpha, 255);
  EXPECT_FALSE(transition.running(t0 + 1300ms));
  EXPECT_EQ(transition.tiles_at(t0 + 1300ms)[0].tile.rect, (Rect{800, 400, 300, 200}));
}

TEST(Transition, who_comes_fades_in_and_who_goes_fades_out_behind_the_others) {
  Transition transition;
  transition.set({tile("a", {0, 0, 100, 100}), tile("b", {200, 0, 100, 100}, 1)}, t0);
  transition.set({tile("a", {0, 0, 300, 100}), tile("c", {0, 200, 100, 100})}, t0);

  const auto half = transition.tiles_at(t0 + 150ms);
  ASSERT_EQ(half.size(), 3u);
  EXPECT_EQ(half[0], (MovingTile{tile("b", {200, 0, 100, 100}, -1), 32}));
  EXPECT_EQ(half[1].tile.identity, "a");
  EXPECT_EQ(half[2], (MovingTile{tile("c", {0, 200, 100, 100}), 223}));
  EXPECT_EQ(transition.tiles_at(t0 + 300ms).size(), 2u);
}

TEST(Transition, who_is_replaced_in_place_stays_opaque_under_the_newcomer) {
  Transition transition;
  transition.set({tile("a", {0, 0, 100, 100})}, t0);
  transition.set({tile("b", {0, 0, 100, 100})}, t0);

  const auto tiles = transition.tiles_at(t0 + 60ms);
  ASSERT_EQ(tiles.size(), 2u);
  EXPECT_EQ(tiles[0].tile.identity, "a");
  EXPECT_EQ(tiles[0].alpha, 255);
  EXPECT_GT(tiles[1].alpha, 0);
  EXPECT_LT(tiles[1].alpha, 255);
}

TEST(Transition, camera_and_screen_of_one_participant_are_two_tiles) {
  Transition transition;
  Tile screen = tile("a", {200, 0, 400, 400});
  screen.source = TileSource::screen;
  transition.set({tile("a", {0, 0, 100, 100})}, t0);
  transition.set({screen, tile("a", {0, 0, 100, 100})}, t0);

  EXPECT_EQ(transition.tiles_at(t0)[0].alpha, 0);
  EXPECT_EQ(transition.tiles_at(t0)[1], (MovingTile{tile("a", {0, 0, 100, 100}), 255}));
}

TEST(Transition, a_new_target_on_the_way_starts_from_what_is_shown) {
  Transition transition;
  transition.set({tile("a", {0, 0, 100, 100}), tile("b", {0, 200, 100, 100})}, t0);
  transition.set({tile("a", {800, 0, 100, 100})}, t0);
  const auto before = transition.tiles_at(t0 + 100ms);
  transition.set({tile("a", {0, 0, 100, 100}), tile("b", {0, 200, 100, 100})}, t0 + 100ms);
  const auto after = transition.tiles_at(t0 + 100ms);

  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].tile.rect, before[1].tile.rect);
  EXPECT_EQ(after[1].alpha, before[0].alpha);
  EXPECT_TRUE(transition.running(t0 + 399ms));
}

TEST(Transition, the_same_target_again_does_not_start_over) {
  Transition transition;
  transition.set({tile("a", {0, 0, 100, 100})}, t0);
  transition.set({tile("a", {800, 0, 100, 100})}, t0);
  transition.set({tile("a", {800, 0, 100, 100})}, t0 + 200ms);

  EXPECT_FALSE(transition.running(t0 + 300ms));
}

TEST(Transition, a_length_of_zero_turns_it_off) {
  Transition transition(Duration::zero());
  transition.set({tile("a", {0, 0, 100, 100})}, t0);
  transition.set({tile("b", {800, 0, 100, 100})}, t0 + 1s);

  EXPECT_FALSE(transition.running(t0 + 1s));
  EXPECT_EQ(transition.tiles_at(t0 + 1s),
            (std::vector<MovingTile>{{tile("b", {800, 0, 100, 100}), 255}}));
}

TEST(Transition, every_step_between_any_two_layouts_is_even_and_within_the_canvas) {
  const Size canvas{1280, 720};
  const auto tiles_for = [&](int count) {
    Cast cast;
    for (int i = 0; i < count; ++i) cast.members.push_back({.identity = std::to_string(i)});
    return layout(cast, {.type = count % 2 ? LayoutType::sidebar : LayoutType::grid}, canvas);
  };
  for (int from = 0; from <= 25; ++from)
    for (int to = 0; to <= 25; to += 3) {
      Transition transition;
      transition.set(tiles_for(from), t0);
      transition.set(tiles_for(to), t0);
      for (Duration d{}; d <= 300ms; d += 33ms)
        for (const auto& [tile, alpha] : transition.tiles_at(t0 + d)) {
          const Rect& r = tile.rect;
          ASSERT_EQ((r.x | r.y | r.width | r.height) & 1, 0);
          ASSERT_TRUE(r.x >= 0 && r.y >= 0 && r.width >= 2 && r.height >= 2);
          ASSERT_TRUE(r.x + r.width <= canvas.width && r.y + r.height <= canvas.height);
        }
    }
}

}  // namespace
}  // namespace plenum::egress
