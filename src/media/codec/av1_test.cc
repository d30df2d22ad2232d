#include "media/codec/av1.h"

#include <gtest/gtest.h>

#include "media/rtp/testing.h"

namespace plenum::codec {
namespace {

using rtp::for_each_truncation;
using rtp::hex;

TEST(Av1, reads_the_first_packet_of_a_key_frame) {
  // W 2, N: a sequence header of three bytes, then a frame with T1 S2 to the end.
  const auto p = parse_av1(hex("28 03 08aabb 34 30 cc"));

  ASSERT_TRUE(p);
  EXPECT_TRUE(p->keyframe());
  EXPECT_TRUE(p->has_sequence_header);
  EXPECT_TRUE(p->has_frame);
  EXPECT_EQ(p->element_count, 2);
  EXPECT_TRUE(p->has_layers);
  EXPECT_EQ(p->temporal_id, 1);
  EXPECT_EQ(p->spatial_id, 2);
}

TEST(Av1, reads_elements_that_all_have_a_length) {
  const auto p = parse_av1(hex("00 02 30aa 8100 30"));

  ASSERT_TRUE(p);
  EXPECT_EQ(p->element_count, 2);
  EXPECT_FALSE(p->keyframe());
}

TEST(Av1, does_not_take_a_continued_fragment_for_an_obu) {
  const auto p = parse_av1(hex("90 0800"));

  ASSERT_TRUE(p);
  EXPECT_TRUE(p->continues_obu);
  EXPECT_FALSE(p->has_sequence_header);
}

TEST(Av1, refuses_lengths_that_lie) {
  EXPECT_EQ(parse_av1(hex("10")).error(), Av1Error::empty);
  EXPECT_EQ(parse_av1(hex("88 00")).error(), Av1Error::bad_aggregation);
  EXPECT_EQ(parse_av1(hex("00 7f 30")).error(), Av1Error::truncated);
  EXPECT_EQ(parse_av1(hex("00 ffffffffffffffffff00")).error(), Av1Error::truncated);
  EXPECT_EQ(parse_av1(hex("00 ffffffffffff7f")).error(), Av1Error::truncated);
  EXPECT_EQ(parse_av1(hex("30 01 30")).error(), Av1Error::truncated);
  for_each_truncation(hex("28 03 08aabb 34 30 cc"), [](Bytes b) { (void)parse_av1(b); });
}

TEST(Av1, takes_empty_elements) {
  const auto p = parse_av1(hex("00 00 00 00"));

  ASSERT_TRUE(p);
  EXPECT_EQ(p->element_count, 3);
}

}  // namespace
}  // namespace plenum::codec
