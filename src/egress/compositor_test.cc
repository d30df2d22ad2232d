#include "egress/compositor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "egress/drawing.h"
#include "egress/drawing_fixture.h"

namespace plenum::egress {
namespace {

constexpr Palette kPalette{.background{0x10, 0x20, 0x30},
                           .tile{0x40, 0x48, 0x50},
                           .text{0xff, 0xff, 0xff},
                           .accent{0x20, 0xc0, 0x60}};
constexpr Yuv kRed{.y = 63, .u = 102, .v = 240}, kGrey{.y = 120, .u = 128, .v = 128};
constexpr Rect kTile{64, 40, 320, 180};

class CompositorTest : public testing::Test {
 protected:
  TileView tile(Rect rect, const PictureView& picture, std::uint64_t version = 1) const {
    TileView t;
    t.identity = t.track = "p" + std::to_string(rect.x) + "," + std::to_string(rect.y);
    t.rect = rect;
    t.picture = &picture;
    t.picture_version = version;
    return t;
  }
  bool draw(std::vector<TileView> tiles) { return compositor_.draw(tiles); }
  Yuv at(int x, int y) const { return pixel(compositor_.canvas(), x, y); }
  /// How many pixels of a rectangle have a luma of at least this.
  int brighter(Rect in, int luma) const {
    int count = 0;
    for (int y = in.y; y < in.y + in.height; ++y) {
      for (int x = in.x; x < in.x + in.width; ++x) count += at(x, y).y >= luma;
    }
    return count;
  }
  std::vector<std::uint8_t> luma_of_canvas() const {
    const PictureView v = compositor_.canvas().view();
    return {v.y, v.y + v.size.width * v.size.height * 3 / 2};
  }

  Compositor compositor_{{640, 360}, kPalette, FontSet::installed()};
  SourcePicture red_{{320, 180}, kRed}, odd_{{319, 181}, kGrey};
  PictureView red_view_ = red_.view(), odd_view_ = odd_.view();
};

TEST_F(CompositorTest, flat_colours_come_out_exactly) {
  EXPECT_TRUE(draw({tile(kTile, red_view_), tile({400, 40, 200, 180}, odd_view_)}));

  EXPECT_EQ(at(0, 0), to_yuv(kPalette.background));
  EXPECT_EQ(at(639, 359), to_yuv(kPalette.background));
  EXPECT_EQ(at(63, 100), to_yuv(kPalette.background));
  EXPECT_EQ(at(64, 100), kRed);
  EXPECT_EQ(at(383, 100), kRed);
  EXPECT_EQ(at(384, 100), to_yuv(kPalette.background));
  EXPECT_EQ(at(200, 40), kRed);
  EXPECT_EQ(at(200, 219), kRed);
  EXPECT_EQ(at(200, 220), to_yuv(kPalette.background));
  EXPECT_EQ(at(400, 100), kGrey);
  EXPECT_EQ(at(599, 101), kGrey);
}

TEST_F(CompositorTest, corners_are_round_and_show_the_background) {
  draw({tile(kTile, red_view_)});

  for (const Rect corner : corner_squares(kTile, 2)) {
    EXPECT_NEAR(at(corner.x, corner.y).y, to_yuv(kPalette.background).y, 3);
  }
  // Between background and picture lies a smooth edge.
  int between = 0;
  for (int x = kTile.x; x < kTile.x + 12; ++x) {
    between +=
        at(x, kTile.y).y > to_yuv(kPalette.background).y + 2 && at(x, kTile.y).y < kRed.y - 2;
  }
  EXPECT_GE(between, 1);

  TileView whole = tile({0, 0, 640, 360}, red_view_);
  draw({whole});
  EXPECT_EQ(at(0, 0), kRed);
}

TEST_F(CompositorTest, a_contained_picture_has_bars_in_the_colour_of_tiles) {
  SourcePicture square({100, 100}, kRed);
  const PictureView view = square.view();
  TileView shared = tile(kTile, view);
  shared.contain = true;
  draw({shared});

  const int left = 64 + 70, right = left + 180;
  EXPECT_EQ(at(left - 1, 100), to_yuv(kPalette.tile));
  EXPECT_EQ(at(left, 100), kRed);
  EXPECT_EQ(at(right - 1, 100), kRed);
  EXPECT_EQ(at(right, 100), to_yuv(kPalette.tile));
}

TEST_F(CompositorTest, only_changes_are_drawn_and_told) {
  const PictureView grey = odd_view_;
  TileView one = tile(kTile, red_view_), two = tile({400, 40, 200, 180}, odd_view_);
  EXPECT_TRUE(draw({one, two}));
  EXPECT_FALSE(draw({one, two}));
  EXPECT_FALSE(draw({two, one}));

  // Another picture behind the same version is not looked at; that is what versions are for.
  one.picture = &grey;
  one.picture_version = 1;
  EXPECT_TRUE(draw({one, two}));  // another size
  one.picture = &red_view_;
  one.picture_version = 2;
  EXPECT_TRUE(draw({one, two}));
  EXPECT_EQ(at(200, 100), kRed);
  EXPECT_FALSE(draw({one, two}));

  const auto tells = [&](auto change) {
    change();
    const bool told = draw({one, two});
    return told && !draw({one, two});
  };
  EXPECT_TRUE(tells([&] { one.speaking = true; }));
  EXPECT_TRUE(tells([&] { one.muted = true; }));
  EXPECT_TRUE(tells([&] { one.name = "Ada"; }));
  EXPECT_TRUE(tells([&] { one.alpha = 128; }));
  EXPECT_TRUE(tells([&] { one.contain = true; }));
  EXPECT_TRUE(tells([&] { one.rect.x -= 2; }));
  EXPECT_TRUE(tells([&] { one.picture = nullptr; }));
  EXPECT_TRUE(tells([&] { compositor_.set_palette({}); }));
  EXPECT_TRUE(tells([&] { two.alpha = 0; }));
}

TEST_F(CompositorTest, what_is_redrawn_looks_as_if_drawn_at_once) {
  TileView below = tile({40, 40, 400, 240}, red_view_),
           above = tile({300, 200, 200, 120}, odd_view_);
  above.z = 1;
  above.name = "Grace";
  above.speaking = true;
  TileView faded = tile({20, 200, 160, 120}, odd_view_);
  faded.alpha = 100;
  TileView gone = tile({500, 10, 120, 100}, red_view_);
  draw({below, above, faded, gone});
  below.picture_version = 2;
  faded.rect.x += 40;
  draw({above, faded, below});
  above.alpha = 200;
  draw({below, above, faded});
  const auto step_by_step = luma_of_canvas();

  Compositor fresh({640, 360}, kPalette, FontSet::installed());
  const std::vector<TileView> scene{below, above, faded};
  fresh.draw(scene);
  const PictureView v = fresh.canvas().view();
  EXPECT_TRUE(std::equal(step_by_step.begin(), step_by_step.end(), v.y));
  EXPECT_EQ(at(560, 60), to_yuv(kPalette.background));
}

TEST_F(CompositorTest, a_half_transparent_tile_is_half_way_to_what_lies_below) {
  TileView fading = tile(kTile, red_view_);
  fading.alpha = 128;
  draw({fading});

  const Yuv under = to_yuv(kPalette.background);
  EXPECT_NEAR(at(200, 100).y, (kRed.y + under.y) / 2, 1);
  EXPECT_NEAR(at(200, 100).u, (kRed.u + under.u) / 2, 1);
  EXPECT_NEAR(at(200, 100).v, (kRed.v + under.v) / 2, 1);
  fading.alpha = 255;
  draw({fading});
  EXPECT_EQ(at(200, 100), kRed);
  fading.alpha = 0;
  draw({fading});
  EXPECT_EQ(at(200, 100), under);
}

TEST_F(CompositorTest, greater_z_lies_above) {
  TileView low = tile(kTile, red_view_), high = tile({200, 100, 320, 180}, odd_view_);
  high.z = 1;
  draw({high, low});
  EXPECT_EQ(at(300, 150), kGrey);
  low.z = 2;
  draw({high, low});
  EXPECT_EQ(at(300, 150), kRed);
}

TEST_F(CompositorTest, who_speaks_has_a_ring_in_the_accent_colour) {
  TileView speaker = tile(kTile, red_view_);
  speaker.speaking = true;
  draw({speaker});

  const Yuv accent = to_yuv(kPalette.accent);
  EXPECT_EQ(at(64, 130), accent);
  EXPECT_EQ(at(65, 130), accent);
  EXPECT_EQ(at(383, 130), accent);
  EXPECT_EQ(at(200, 41), accent);
  EXPECT_EQ(at(200, 219), accent);
  EXPECT_EQ(at(68, 130), kRed);
  EXPECT_EQ(at(200, 44), kRed);
  EXPECT_EQ(at(63, 130), to_yuv(kPalette.background));
}

TEST_F(CompositorTest, the_name_stands_on_a_darker_plate_at_the_lower_left) {
  TileView named = tile({400, 40, 200, 180}, odd_view_);
  named.name = "Ada Lovelace";
  draw({named});

  const Rect lower_left{400, 190, 130, 30}, lower_right{560, 190, 40, 30},
      middle{400, 100, 200, 40};
  EXPECT_GT(brighter(lower_left, 200), 60);                                         // letters
  EXPECT_GT(lower_left.width * lower_left.height - brighter(lower_left, 70), 800);  // plate
  EXPECT_EQ(brighter(lower_right, 121), 0);
  EXPECT_EQ(brighter(middle, kGrey.y), middle.width * middle.height);

  const auto reds = [&] {
    int count = 0;
    for (int x = 400; x < 440; x += 2) {
      for (int y = 190; y < 220; y += 2) count += at(x, y).v > 150;
    }
    return count;
  };
  EXPECT_EQ(reds(), 0);
  named.muted = true;
  draw({named});
  EXPECT_GT(reds(), 5);
}

TEST_F(CompositorTest, without_a_picture_stands_an_avatar) {
  TileView faceless;
  faceless.identity = "ada";
  faceless.rect = kTile;
  draw({faceless});
  const int middle_x = 64 + 160, middle_y = 40 + 90;
  const Yuv disc = at(middle_x - 34, middle_y);
  EXPECT_EQ(at(70, 60), to_yuv(kPalette.tile));
  EXPECT_NE(disc, to_yuv(kPalette.tile));
  const Rect in_disc{middle_x - 24, middle_y - 24, 48, 48};
  const int figure = brighter(in_disc, 200);
  EXPECT_GT(figure, 200);

  faceless.name = "Ada Lovelace";
  draw({faceless});
  EXPECT_EQ(at(middle_x - 34, middle_y), disc);  // the colour is the identity's
  EXPECT_GT(brighter(in_disc, 200), 60);
  EXPECT_NE(brighter(in_disc, 200), figure);
  int others = 0;
  for (const char* identity : {"grace", "alan", "edsger", "barbara", "donald"}) {
    faceless.identity = identity;
    draw({faceless});
    others += at(middle_x - 34, middle_y) != disc;
  }
  EXPECT_GE(others, 3);
}

TEST_F(CompositorTest, a_background_image_covers_the_canvas_and_comes_back_under_tiles) {
  SourcePicture image({321, 177}, kGrey);
  const PictureView view = image.view();
  compositor_.set_background(&view);
  draw({tile(kTile, red_view_)});
  EXPECT_EQ(at(0, 0), kGrey);
  EXPECT_EQ(at(639, 359), kGrey);
  EXPECT_EQ(at(64, 40).y, kGrey.y);  // the tile's corner
  draw({});
  EXPECT_EQ(at(200, 100), kGrey);
  compositor_.set_background(nullptr);
  EXPECT_TRUE(draw({}));
  EXPECT_EQ(at(200, 100), to_yuv(kPalette.background));
}

Overlay half_grey(Size size) {
  Picture colours(size);
  fill(colours, {0, 0, size.width, size.height}, {.y = 200});
  AlphaBitmap alpha(size.width, size.height);
  std::fill(alpha.pixels.begin(), alpha.pixels.end(), std::uint8_t{128});
  return {std::move(colours), std::move(alpha)};
}

TEST_F(CompositorTest, a_logo_lies_over_everything_once_whatever_moves_under_it) {
  const TileView under = tile({480, 0, 160, 90}, red_view_);
  draw({under});
  const Yuv bare = at(600, 30);
  compositor_.set_logo(half_grey({40, 40}), Corner::top_right);
  draw({under});
  const Yuv first = at(600, 30);
  EXPECT_NEAR(first.y, (200 + bare.y) / 2, 2);

  TileView next = under;
  for (std::uint64_t version = 2; version < 5; ++version) {
    next.picture_version = version;
    EXPECT_TRUE(draw({next}));
    EXPECT_EQ(at(600, 30), first);
  }
  draw({});
  EXPECT_NEAR(at(600, 30).y, (200 + to_yuv(kPalette.background).y) / 2, 2);
  EXPECT_EQ(at(600, 8), to_yuv(kPalette.background));
  compositor_.set_logo({}, Corner::top_right);
  draw({});
  EXPECT_EQ(at(600, 30), to_yuv(kPalette.background));
}

TEST_F(CompositorTest, odd_tiny_and_outlying_tiles_and_any_name_do_no_harm) {
  std::vector<TileView> tiles;
  for (const Rect rect : {Rect{-20, -20, 100, 100}, Rect{601, 301, 301, 301}, Rect{101, 101, 3, 3},
                          Rect{0, 0, 0, 0}, Rect{50, 50, -4, 10}, Rect{9000, 9000, 50, 50},
                          Rect{200, 200, 30, 18}, Rect{300, 10, 2, 300}, Rect{310, 10, 300, 2}}) {
    for (const bool has_picture : {true, false}) {
      TileView t;
      t.rect = rect;
      t.picture = has_picture ? &odd_view_ : nullptr;
      t.contain = tiles.size() % 4 < 2;
      t.speaking = t.muted = true;
      t.alpha = tiles.size() % 3 ? 255 : 77;
      t.name = std::string(10'000, tiles.size() % 2 ? '\xff' : 'm');
      tiles.push_back(t);
    }
  }
  EXPECT_TRUE(draw(tiles));
  EXPECT_FALSE(draw(tiles));
  EXPECT_THROW(Compositor({641, 360}, kPalette, {}), std::invalid_argument);
  EXPECT_THROW(Compositor({0, 0}, kPalette, {}), std::invalid_argument);
}

TEST_F(CompositorTest, twenty_five_tiles_are_drawn_each_in_its_place) {
  std::vector<SourcePicture> pictures;
  std::vector<PictureView> views;
  std::vector<TileView> tiles;
  for (int i = 0; i < 25; ++i) {
    pictures.emplace_back(Size{159, 91}, Yuv{.y = static_cast<std::uint8_t>(40 + 7 * i)});
  }
  for (const SourcePicture& p : pictures) views.push_back(p.view());
  for (int i = 0; i < 25; ++i) {
    tiles.push_back(tile({i % 5 * 128, i / 5 * 72, 124, 68}, views[static_cast<std::size_t>(i)]));
    tiles.back().name = "Participant " + std::to_string(i);
  }
  draw(tiles);

  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(at(i % 5 * 128 + 62, i / 5 * 72 + 20).y, 40 + 7 * i);
    EXPECT_EQ(at(i % 5 * 128 + 126, i / 5 * 72 + 20), to_yuv(kPalette.background));
  }
  EXPECT_FALSE(draw(tiles));
}

}  // namespace
}  // namespace plenum::egress
