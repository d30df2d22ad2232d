#include "sfu/rewriter.h"

#include <gtest/gtest.h>

namespace plenum::sfu {
namespace {

TEST(Rewriter, keeps_sequence_and_time_continuous_across_a_switch) {
  Rewriter r;
  r.start(0, 1, ExtSeq(100), RtpTime(9000), RtpTime(9000));
  const auto a = r.forward(ExtSeq(100), RtpTime(9000));
  const auto b = r.forward(ExtSeq(101), RtpTime(12000));
  r.start(1, 1, ExtSeq(70000), RtpTime(555), RtpTime(15000));
  const auto c = r.forward(ExtSeq(70000), RtpTime(555));

  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(b->seq.value(), a->seq.value() + 1);
  EXPECT_EQ(c->seq.value(), b->seq.value() + 1);
  EXPECT_EQ(c->timestamp, RtpTime(15000));
}

TEST(Rewriter, leaves_a_hole_for_a_lost_packet_and_fills_it_when_it_comes_late) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0));
  const auto a = r.forward(ExtSeq(10), RtpTime(0));
  const auto c = r.forward(ExtSeq(12), RtpTime(0));
  const auto b = r.forward(ExtSeq(11), RtpTime(0));

  EXPECT_EQ(c->seq.value(), a->seq.value() + 2);
  EXPECT_EQ(b->seq.value(), a->seq.value() + 1);
}

TEST(Rewriter, gives_no_number_of_a_replaced_stream_to_a_packet_of_its_successor) {
  Rewriter r;
  r.start(0, 1, ExtSeq(100), RtpTime(0), RtpTime(0));
  const auto sent = r.forward(ExtSeq(100), RtpTime(0));
  r.start(0, 2, ExtSeq(101), RtpTime(0), RtpTime(3000));  // a new SSRC, near the old numbers
  ASSERT_TRUE(r.forward(ExtSeq(101), RtpTime(0)));

  EXPECT_FALSE(r.forward(ExtSeq(100), RtpTime(0)));
  EXPECT_EQ(r.source_of(sent->seq)->epoch, 1u);
}

TEST(Rewriter, closes_up_what_is_dropped) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0), {.id = 7, .tl0 = 3});
  const auto a = r.forward(ExtSeq(10), RtpTime(0), {.id = 7, .tl0 = 3});
  r.drop(ExtSeq(11), false);
  r.drop(ExtSeq(12), true);
  const auto d = r.forward(ExtSeq(13), RtpTime(0), {.id = 9, .tl0 = 3});

  EXPECT_EQ(d->seq.value(), a->seq.value() + 1);
  EXPECT_EQ(static_cast<std::uint16_t>(9 + d->picture_id_offset), 8);
  EXPECT_FALSE(r.forward(ExtSeq(12), RtpTime(0)));
}

TEST(Rewriter, frame_numbers_go_on_after_a_pause_as_if_there_had_been_none) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0), {.frame_number = 65'535});
  const auto a = r.forward(ExtSeq(10), RtpTime(0), {.frame_number = 65'535});
  r.start(0, 1, ExtSeq(900), RtpTime(0), RtpTime(0), {.frame_number = 40'000});
  const auto b = r.forward(ExtSeq(900), RtpTime(0), {.frame_number = 40'000});
  r.drop(ExtSeq(901), true);
  const auto d = r.forward(ExtSeq(902), RtpTime(0), {.frame_number = 40'002});

  EXPECT_EQ(a->frame_number_offset, 0);
  EXPECT_EQ(static_cast<std::uint16_t>(40'000 + b->frame_number_offset), 0);
  EXPECT_EQ(d->frame_number_offset, b->frame_number_offset);  // references count frames left out
  EXPECT_EQ(r.source_of(a->seq)->mapped_base.frame_number_offset, 0);
}

TEST(Rewriter, knows_of_each_packet_up_to_which_spatial_layer_was_sent_then) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0));
  r.set_spatial(1);
  const auto a = r.forward(ExtSeq(10), RtpTime(0));
  r.set_spatial(2);
  const auto c = r.forward(ExtSeq(12), RtpTime(0));
  r.drop(ExtSeq(13), false);
  const auto e = r.forward(ExtSeq(14), RtpTime(0));

  EXPECT_EQ(c->seq.value(), a->seq.value() + 2);
  EXPECT_EQ(e->seq.value(), c->seq.value() + 1);
  EXPECT_EQ(r.source_of(a->seq)->mapped_base.spatial, 1);
  EXPECT_EQ(r.source_of(c->seq)->mapped_base.spatial, 2);
  EXPECT_EQ(r.source_of(e->seq)->mapped_base.spatial, 2);
  EXPECT_EQ(r.source_of(e->seq)->seq, ExtSeq(14));
}

TEST(Rewriter, drops_at_the_start_of_a_segment_move_the_start) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0));
  r.drop(ExtSeq(10), true);
  const auto b = r.forward(ExtSeq(11), RtpTime(0));
  r.drop(ExtSeq(12), true);
  const auto d = r.forward(ExtSeq(13), RtpTime(0));

  ASSERT_TRUE(b && d);
  EXPECT_EQ(d->seq.value(), b->seq.value() + 1);
}

TEST(Rewriter, a_late_packet_of_the_layer_before_a_switch_is_not_forwarded) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0));
  (void)r.forward(ExtSeq(10), RtpTime(0));
  (void)r.forward(ExtSeq(12), RtpTime(0));
  r.start(1, 1, ExtSeq(500), RtpTime(0), RtpTime(0));
  (void)r.forward(ExtSeq(500), RtpTime(0));

  EXPECT_FALSE(r.forward(ExtSeq(11), RtpTime(0)));
  EXPECT_FALSE(r.forward(ExtSeq(499), RtpTime(0)));
}

TEST(Rewriter, maps_a_sent_number_back_to_its_source_also_across_switches_and_drops) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0));
  const auto a = r.forward(ExtSeq(10), RtpTime(0));
  r.drop(ExtSeq(11), true);
  const auto c = r.forward(ExtSeq(12), RtpTime(0));
  r.start(2, 1, ExtSeq(900), RtpTime(0), RtpTime(0));
  const auto x = r.forward(ExtSeq(900), RtpTime(0));

  EXPECT_EQ(r.source_of(a->seq)->seq, ExtSeq(10));
  EXPECT_EQ(r.source_of(c->seq)->seq, ExtSeq(12));
  EXPECT_EQ(r.source_of(x->seq)->layer, 2);
  EXPECT_EQ(r.source_of(x->seq)->seq, ExtSeq(900));
  EXPECT_FALSE(r.source_of(ExtSeq(x->seq.value() + 1)));
}

TEST(Rewriter, a_loss_right_after_a_switch_keeps_its_place) {
  Rewriter r;
  r.start(0, 1, ExtSeq(10), RtpTime(0), RtpTime(0));
  const auto a = r.forward(ExtSeq(10), RtpTime(0));
  const auto c = r.forward(ExtSeq(12), RtpTime(0));
  r.drop(ExtSeq(13), true);
  const auto late = r.forward(ExtSeq(11), RtpTime(0));
  const auto e = r.forward(ExtSeq(14), RtpTime(0));

  EXPECT_EQ(late->seq.value(), a->seq.value() + 1);
  EXPECT_EQ(c->seq.value(), a->seq.value() + 2);
  EXPECT_EQ(e->seq.value(), a->seq.value() + 3);
}

}  // namespace
}  // namespace plenum::sfu
