// The layouts through the worker: who is in which tile, by colour.
#include "egress/control_words.h"
#include "egress/worker_fixture.h"

namespace plenum::egress::testing {
namespace {

constexpr Yuv kYellow{.y = 180, .u = 50, .v = 150};

struct Shown {
  std::string who{};
  Yuv colour{};
  TileSource source = TileSource::camera;
};

class WorkerLayoutTest : public WorkerTest {
 protected:
  void start(const char* type, const char* priority, const char* orientation) {
    room_.layout.set_type(type);
    room_.layout.set_priority(priority);
    room_.layout.set_orientation(orientation);
    room_.start("low");
    room_.join("ann", 1, kRed, 440);
    room_.join("bob", 2, kBlue, 550);
    room_.join("eve", 3, kGreen, 660);
  }
  /// Ends the recording and compares its last picture, tile by tile.
  void expect_last(const std::vector<Shown>& expected) {
    room_.stop();
    pb::Layout words = room_.layout;
    words.set_quality("low");
    const LayoutConfig config = layout_config_from(words);
    Cast cast;
    for (const Shown& s : expected)
      if (s.source == TileSource::camera)
        cast.members.push_back({.identity = s.who, .camera = true});
    for (const Shown& s : expected)
      for (Member& m : cast.members)
        if (s.source == TileSource::screen && m.identity == s.who) m.screen_share = true;
    const Size canvas = canvas_size(config.quality, config.orientation);
    const auto tiles = layout(cast, config, canvas);
    ASSERT_EQ(tiles.size(), expected.size());
    std::vector<Point> points;
    for (const Tile& t : tiles)
      for (const double x : {0.25, 0.75}) points.push_back(place(t.rect, x, 0.3));
    const Film f = film(points);
    EXPECT_EQ(f.size, canvas);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      EXPECT_EQ(tiles[i].identity, expected[i].who);
      EXPECT_EQ(tiles[i].source, expected[i].source);
      for (const std::size_t p : {2 * i, 2 * i + 1}) {
        const Yuv& c = f.colours.back()[p];
        EXPECT_TRUE(near(c, expected[i].colour))
            << expected[i].who << ": " << int(c.y) << ' ' << int(c.u) << ' ' << int(c.v);
      }
    }
  }

  TestRoom room_{folder_};
};

TEST_F(WorkerLayoutTest, a_portrait_grid_stands_upright) {
  start("GRID", "SPEAKER", "portrait");
  room_.run_until(kStart + 2s);

  expect_last({{"ann", kRed}, {"bob", kBlue}, {"eve", kGreen}});
}

TEST_F(WorkerLayoutTest, the_sidebar_gives_its_main_tile_to_who_speaks) {
  start("SIDEBAR", "SPEAKER", "landscape");
  room_.run_until(kStart + 1s);
  room_.speakers = {"eve"};
  room_.tell();
  room_.run_until(kStart + 4s);

  expect_last({{"eve", kGreen}, {"bob", kBlue}, {"ann", kRed}});
}

TEST_F(WorkerLayoutTest, a_spotlight_with_pins_shows_who_is_pinned) {
  start("SPOTLIGHT", "PIN", "landscape");
  room_.run_until(kStart + 1s);
  EXPECT_EQ(room_.wanted, (std::set<std::uint64_t>{10, 11, 21, 31}));
  room_.people[1]->pinned = true;
  room_.tell();
  EXPECT_EQ(room_.wanted, (std::set<std::uint64_t>{11, 20, 21, 31}));
  room_.run_until(kStart + 3s);

  expect_last({{"bob", kBlue}});
}

TEST_F(WorkerLayoutTest, a_shared_screen_is_on_stage_and_the_cameras_beside_it) {
  start("GRID", "SPEAKER", "landscape");
  room_.run_until(kStart + 1s);
  Person& bob = *room_.people[1];
  bob.screen = std::make_unique<TestCamera>(
      25, CameraPlan{.codec = codec::Codec::vp9, .paint = flat(kYellow), .layers = {{192, 108}}},
      bob.sender);
  room_.tell();
  EXPECT_TRUE(room_.wanted.contains(25));
  room_.run_until(kStart + 3s);

  expect_last(
      {{"bob", kYellow, TileSource::screen}, {"ann", kRed}, {"bob", kBlue}, {"eve", kGreen}});
}

}  // namespace
}  // namespace plenum::egress::testing
