#include <gtest/gtest.h>

#include "sfu/simulcast_selector.h"
#include "sfu/svc_selector.h"

namespace plenum::sfu {
namespace {

using Simulcast = SimulcastSelector::Decision;
using Svc = SvcSelector::Decision;

codec::FrameInfo key() {
  codec::FrameInfo f;
  f.keyframe = f.start_of_frame = f.end_of_frame = f.switching_up = true;
  f.switch_up_temporal_id = 7;
  return f;
}

codec::FrameInfo delta(std::uint8_t temporal = 0, std::uint8_t spatial = 0) {
  codec::FrameInfo f;
  f.start_of_frame = f.end_of_frame = true;
  f.temporal_id = f.switch_up_temporal_id = temporal;
  f.spatial_id = spatial;
  return f;
}

TEST(SimulcastSelector, begins_at_a_key_frame_and_not_before) {
  SimulcastSelector s;
  s.set_active_layers(0b1);

  EXPECT_EQ(s.on_packet(0, delta()), Simulcast::ignore);
  EXPECT_EQ(s.needs_keyframe(), 0);
  EXPECT_EQ(s.on_packet(0, key()), Simulcast::switch_and_forward);
  EXPECT_EQ(s.on_packet(0, delta()), Simulcast::forward);
  EXPECT_EQ(s.needs_keyframe(), std::nullopt);
}

TEST(SimulcastSelector, shows_a_lower_layer_until_the_wanted_one_has_a_key_frame) {
  SimulcastSelector s;
  s.set_target(2, 0xff);
  s.set_active_layers(0b111);
  EXPECT_EQ(s.on_packet(0, key()), Simulcast::switch_and_forward);
  EXPECT_EQ(s.needs_keyframe(), 2);
  EXPECT_EQ(s.on_packet(1, key()), Simulcast::switch_and_forward);
  EXPECT_EQ(s.on_packet(0, delta()), Simulcast::ignore);
  EXPECT_EQ(s.on_packet(2, key()), Simulcast::switch_and_forward);

  EXPECT_EQ(s.on_packet(1, key()), Simulcast::ignore);
}

TEST(SimulcastSelector, falls_back_when_the_wanted_layer_stops) {
  SimulcastSelector s;
  s.set_target(2, 0xff);
  s.set_active_layers(0b111);
  (void)s.on_packet(2, key());
  s.set_active_layers(0b011);

  EXPECT_EQ(s.wanted(), 1);
  EXPECT_EQ(s.needs_keyframe(), 1);
  EXPECT_EQ(s.on_packet(1, key()), Simulcast::switch_and_forward);
}

TEST(SimulcastSelector, takes_the_lowest_there_is_when_nothing_small_enough_is) {
  SimulcastSelector s;
  s.set_target(0, 0xff);
  s.set_active_layers(0b110);

  EXPECT_EQ(s.wanted(), 1);
  EXPECT_EQ(s.on_packet(1, key()), Simulcast::switch_and_forward);
}

TEST(SimulcastSelector, leaves_upper_temporal_layers_out_and_enters_them_at_a_switching_point) {
  SimulcastSelector s;
  s.set_target(0, 0);
  s.set_active_layers(0b1);
  (void)s.on_packet(0, key());
  EXPECT_EQ(s.on_packet(0, delta(1)), Simulcast::drop);
  s.set_target(0, 1);
  EXPECT_EQ(s.on_packet(0, delta(1)), Simulcast::drop);
  codec::FrameInfo sync = delta(1);
  sync.switching_up = true;

  EXPECT_EQ(s.on_packet(0, sync), Simulcast::forward);
  EXPECT_EQ(s.on_packet(0, delta(1)), Simulcast::forward);
}

TEST(SimulcastSelector, does_not_cut_a_frame_when_the_wish_falls) {
  SimulcastSelector s;
  s.set_active_layers(0b1);
  (void)s.on_packet(0, key());
  codec::FrameInfo first = delta(2), second = delta(2);
  first.end_of_frame = second.start_of_frame = false;
  EXPECT_EQ(s.on_packet(0, first), Simulcast::forward);
  s.set_target(0, 0);

  EXPECT_EQ(s.on_packet(0, second), Simulcast::forward);
  EXPECT_EQ(s.on_packet(0, delta(2)), Simulcast::drop);
}

TEST(SvcSelector, drops_upper_spatial_layers_at_once) {
  SvcSelector s;
  EXPECT_EQ(s.on_packet(delta()), Svc::ignore);
  EXPECT_EQ(s.on_packet(key()), Svc::forward);
  EXPECT_EQ(s.on_packet(delta(0, 2)), Svc::forward);
  s.set_target(1, 0xff);

  EXPECT_EQ(s.on_packet(delta(0, 0)), Svc::forward);
  EXPECT_EQ(s.on_packet(delta(0, 1)), Svc::forward);
  EXPECT_EQ(s.on_packet(delta(0, 2)), Svc::drop);
}

TEST(SvcSelector, raises_the_spatial_layer_only_at_a_key_picture) {
  SvcSelector s;
  s.set_target(0, 0xff);
  (void)s.on_packet(key());
  EXPECT_EQ(s.on_packet(delta(0, 1)), Svc::drop);
  s.set_target(2, 0xff);
  EXPECT_TRUE(s.needs_keyframe());
  EXPECT_EQ(s.on_packet(delta(0, 0)), Svc::forward);
  EXPECT_EQ(s.on_packet(delta(0, 1)), Svc::drop);
  (void)s.on_packet(key());

  EXPECT_EQ(s.on_packet(delta(0, 1)), Svc::forward);
  EXPECT_FALSE(s.needs_keyframe());
}

}  // namespace
}  // namespace plenum::sfu
