// What is seen when packets are lost, late and out of order, and when a publisher's layers come and
// go: each picture of a tile is one that was filmed, as a whole.
#include "egress/worker_fixture.h"

namespace plenum::egress::testing {
namespace {

using codec::Codec;

class WorkerLossTest : public WorkerTest {
 protected:
  /// Six places around the band of paint_number(), and the box in it.
  static constexpr std::size_t kPlaces = 6;
  static std::vector<Point> places_in(const std::vector<Rect>& tiles) {
    std::vector<Point> points;
    for (const Rect r : tiles) {
      for (const double y : {0.2, 0.68})
        for (const double x : {0.15, 0.5, 0.85}) points.push_back(place(r, x, y));
      points.push_back(place(r, 0.5, 0.5));
    }
    return points;
  }
  /// The amplitude of a tone, averaged over moments too short for stretching to matter.
  static double level_of(double hz, const Film& f, double from, double to) {
    double sum = 0;
    int moments = 0;
    for (double t = from; t + 0.1 <= to; t += 0.1, ++moments)
      sum += amplitude_of(hz, f.sound(t, t + 0.1));
    return sum / moments;
  }
  struct Seen {
    int pictures = 0;
    /// Of no number, or of two at once.
    int wrong = 0;
    /// Older than the one before.
    int backward = 0;
    /// New ones.
    int fresh = 0;
    std::set<int> layers{};
  };
  static Seen look(const Film& f, std::size_t tile, double from, double to) {
    Seen seen;
    std::optional<int> before;
    for (std::size_t i = 0; i < f.times.size(); ++i) {
      if (f.times[i] < from || f.times[i] >= to) continue;
      const auto at = f.colours[i].begin() + std::ptrdiff_t(tile * (kPlaces + 1));
      ++seen.pictures;
      const std::optional<int> number = number_of(std::span(at, kPlaces));
      if (!number) {
        ++seen.wrong;
        continue;
      }
      const int n = *number;
      if (before && (n - *before + kNumbers) % kNumbers > kNumbers / 2) ++seen.backward;
      if (n != before) ++seen.fresh;
      before = n;
      seen.layers.insert((at[kPlaces].y - 60 + 30) / 60);
    }
    return seen;
  }
};

/// Four people, a codec each, every other one with RED; 5 % of their packets are lost.
class LossOfEveryCodec : public WorkerLossTest, public ::testing::WithParamInterface<bool> {};

TEST_P(LossOfEveryCodec, shows_whole_pictures_only) {
  const bool resent = GetParam();
  TestRoom room(folder_);
  room.loss_percent = 5;
  room.resent_after = resent ? 50ms : 0ms;
  room.jitter = 60ms;  // and with it a wild order
  room.start("med");
  int number = 1;
  for (const Codec c : {Codec::vp8, Codec::vp9, Codec::h264, Codec::av1}) {
    const CameraPlan plan{
        .codec = c, .paint = paint_number, .bit_rate = 100'000, .packet_bytes = 120};
    room.join(std::string(codec::mime(c)), number, plan, 300. * number);
    room.people.back()->red = number % 2 == 0;
    room.people.back()->volume = 0.15;
    ++number;
  }
  room.tell();  // of RED
  room.run_until(kStart + 5s);
  room.stop();

  const Film f = film(places_in(grid(4, Quality::med)));
  for (std::size_t tile = 0; tile < 4; ++tile) {
    const Person& p = *room.people[tile];
    const Seen s = look(f, tile, 1, 5);
    EXPECT_EQ(s.pictures, 120) << p.identity;
    EXPECT_EQ(s.wrong, 0) << p.identity;
    EXPECT_EQ(s.backward, 0) << p.identity;
    EXPECT_GT(s.fresh, resent ? 117 : 10) << p.identity;
    const double level = level_of(p.hz, f, 1, 4.9);
    EXPECT_GT(level, resent ? 0.145 : p.red ? 0.14 : 0.12) << p.identity;
  }
}

INSTANTIATE_TEST_SUITE_P(Resent, LossOfEveryCodec, ::testing::Bool());

TEST_F(WorkerLossTest, layers_are_switched_between_whole_pictures) {
  TestRoom room(folder_);
  room.start("low");
  const CameraPlan simulcast{
      .paint = paint_number, .layers = {{96, 54}, {224, 126}, {400, 226}}, .packet_bytes = 500};
  Person& ann = room.join("ann", 1, simulcast, 440);
  EXPECT_EQ(room.wanted_layers[10], 2u);
  room.run_until(kStart + 2s);
  ann.camera.sent_layers = 2;  // its uplink narrows
  room.run_until(kStart + 4s);
  ann.camera.sent_layers = 3;
  room.run_until(kStart + 5s);
  for (int i = 2; i <= 10; ++i)  // a crowd: the tiles become small
    room.join("p" + std::to_string(i), i, kBlue, 440).camera_muted = true;
  room.tell();
  EXPECT_EQ(room.wanted_layers[10], 1u);
  room.run_until(kStart + 7s);
  room.stop();

  const auto alone = grid(1, Quality::low), crowd = grid(10, Quality::low);
  const Film f = film(places_in({alone[0], crowd[0]}));
  struct Part {
    std::size_t tile;
    double from, to;
    std::set<int> layers;
  };
  for (const Part& p : std::vector<Part>{{0, 1, 2, {2}},
                                         {0, 2, 2.6, {2, 1}},
                                         {0, 2.6, 3.9, {1}},
                                         {0, 4.5, 4.9, {2}},
                                         {1, 5.7, 7, {1}}}) {
    const Seen s = look(f, p.tile, p.from, p.to);
    EXPECT_EQ(s.wrong, 0) << p.from;
    EXPECT_EQ(s.backward, 0) << p.from;
    EXPECT_EQ(s.layers, p.layers) << p.from;
    EXPECT_LE(s.pictures - s.fresh, p.layers.size() > 1 ? 15 : 1) << p.from;
  }
}

}  // namespace
}  // namespace plenum::egress::testing
