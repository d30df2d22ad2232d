#include "control/dynacast.h"

#include "control/layers.h"
#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using Q = VideoQuality;

std::vector<VideoLayer> declared(std::initializer_list<Q> qualities) {
  std::vector<VideoLayer> out;
  for (const Q quality : qualities) out.emplace_back().quality = quality;
  return normalised_layers(out, LayerMode::one_per_stream, 0, 0);
}

TEST(Dynacast, first_computes_four_seconds_after_publishing) {
  Dynacast d({}, 1, t0);
  d.set_wanted({Q::low}, t0 + 1s);

  EXPECT_FALSE(d.poll());
  EXPECT_EQ(d.next_timeout(), t0 + 4s);
  d.handle_timeout(t0 + 4s);
  EXPECT_THAT(d.poll().value(), ElementsAre(Q::low));
}

TEST(Dynacast, increases_at_once_and_decreases_after_four_seconds) {
  Dynacast d({}, 1, t0);
  d.set_wanted({Q::low}, t0);
  d.handle_timeout(t0 + 10s);
  EXPECT_TRUE(d.poll());
  d.set_wanted({Q::high}, t0 + 11s);
  EXPECT_THAT(d.poll().value(), ElementsAre(Q::high));
  d.set_wanted({Q::medium}, t0 + 20s);
  EXPECT_FALSE(d.poll());
  EXPECT_EQ(d.next_timeout(), t0 + 24s);
  d.handle_timeout(t0 + 24s);

  EXPECT_THAT(d.poll().value(), ElementsAre(Q::medium));
}

TEST(Dynacast, forgets_a_decrease_that_is_taken_back_in_time) {
  Dynacast d({}, 1, t0);
  d.set_wanted({Q::high}, t0);
  d.handle_timeout(t0 + 10s);
  EXPECT_TRUE(d.poll());
  d.set_wanted({Q::off}, t0 + 12s);
  d.set_wanted({Q::high}, t0 + 14s);

  EXPECT_EQ(d.next_timeout(), kNever);
  EXPECT_FALSE(d.poll());
}

TEST(Dynacast, says_nothing_while_muted_and_the_present_state_afterwards) {
  Dynacast d({}, 1, t0);
  d.set_muted(true);
  d.handle_timeout(t0 + 10s);
  EXPECT_FALSE(d.poll());
  d.set_muted(false);

  EXPECT_THAT(d.poll().value(), ElementsAre(Q::off));
}

TEST(Dynacast, asks_for_a_backup_codec_at_once) {
  Dynacast d({}, 2, t0);
  d.set_wanted({Q::high, Q::medium}, t0 + 1s);

  EXPECT_THAT(d.poll().value(), ElementsAre(Q::high, Q::medium));
}

TEST(Dynacast, of_a_room_follows_the_greatest_wish_and_ends_when_nobody_watches) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_video(alice);
  t.advance(10s);
  ASSERT_EQ(alice.count<SubscribedQualities>(), 1u);
  EXPECT_EQ(alice.last<SubscribedQualities>().codecs[0].max, Q::high);
  TrackSettings low;
  low.quality = Q::low;
  t.control.set_track_settings(bob.id(), {sid}, low, t.now);
  t.advance(5s);
  EXPECT_EQ(alice.last<SubscribedQualities>().codecs[0].max, Q::low);
  t.control.leave(bob.id(), t.now);
  t.advance(5s);

  EXPECT_EQ(alice.last<SubscribedQualities>().codecs[0].max, Q::off);
}

TEST(LayerTarget, of_a_size_is_the_smallest_layer_that_nearly_fills_it) {
  const auto layers = describe(video_track("cam"), "TR_x").codecs[0].layers;
  const auto spatial = [&](std::uint32_t width, std::uint32_t height) {
    TrackSettings s;
    s.width = width;
    s.height = height;
    return layer_target(layers, s).max_spatial;
  };

  EXPECT_EQ(spatial(320, 180), 0);
  EXPECT_EQ(spatial(355, 200), 0);  // 180 is nine tenths of 200
  EXPECT_EQ(spatial(356, 201), 1);
  EXPECT_EQ(spatial(1000, 600), 2);
  EXPECT_EQ(spatial(3840, 2160), 2);
}

TEST(LayerTarget, without_sizes_goes_by_the_shorter_side) {
  const auto layers = declared({Q::low, Q::medium, Q::high});
  TrackSettings portrait;
  portrait.width = 180;
  portrait.height = 320;

  EXPECT_EQ(wanted_quality(layers, portrait), Q::low);
  portrait.width = 390;
  portrait.height = 690;
  EXPECT_EQ(wanted_quality(layers, portrait), Q::medium);
  portrait.width = 720;
  portrait.height = 1280;
  EXPECT_EQ(wanted_quality(layers, portrait), Q::high);
}

TEST(LayerTarget, counts_declared_layers_not_qualities) {
  const auto layers = declared({Q::high, Q::low});
  TrackSettings s;
  s.quality = Q::high;
  EXPECT_EQ(layer_target(layers, s).max_spatial, 1);
  s.quality = Q::medium;
  EXPECT_EQ(layer_target(layers, s).max_spatial, 0);

  EXPECT_EQ(layers[1].rid, "h");
}

TEST(LayerTarget, caps_the_temporal_layer_by_frame_rate) {
  TrackSettings s;
  EXPECT_EQ(layer_target({}, s).max_temporal, 0xff);
  s.fps = 15;
  EXPECT_EQ(layer_target({}, s).max_temporal, 1);
  s.fps = 5;

  EXPECT_EQ(layer_target({}, s).max_temporal, 0);
}

}  // namespace
}  // namespace plenum::control::testing
