#include <gtest/gtest.h>

#include "media/codec/h264.h"
#include "media/codec/h265.h"
#include "media/rtp/testing.h"

namespace plenum::codec {
namespace {

using rtp::for_each_truncation;
using rtp::hex;

TEST(H264, reads_single_nal_units) {
  const auto idr = parse_h264(hex("65 88 84"));
  ASSERT_TRUE(idr);
  EXPECT_TRUE(idr->keyframe());
  EXPECT_TRUE(idr->start_of_frame);
  const auto delta = parse_h264(hex("41 9a"));
  EXPECT_FALSE(delta->keyframe());
  EXPECT_TRUE(delta->start_of_frame);
  EXPECT_FALSE(delta->non_reference);
  const auto second_slice = parse_h264(hex("41 40"));
  EXPECT_FALSE(second_slice->start_of_frame);
  const auto disposable = parse_h264(hex("01 9a"));

  EXPECT_TRUE(disposable->non_reference);
}

TEST(H264, walks_an_aggregation_packet) {
  const auto p = parse_h264(hex("78 0002 6742 0002 68ce 0003 658884"));

  ASSERT_TRUE(p);
  EXPECT_TRUE(p->sps);
  EXPECT_TRUE(p->pps);
  EXPECT_TRUE(p->idr);
  EXPECT_TRUE(p->start_of_frame);
}

TEST(H264, sees_the_first_fragment_only) {
  const auto first = parse_h264(hex("7c 85 88 84"));
  EXPECT_TRUE(first->keyframe());
  EXPECT_TRUE(first->start_of_frame);
  const auto middle = parse_h264(hex("7c 05 88"));
  EXPECT_FALSE(middle->keyframe());

  EXPECT_FALSE(middle->start_of_frame);
}

TEST(H264, refuses_what_is_broken_or_unknown) {
  EXPECT_EQ(parse_h264({}).error(), H264Error::empty);
  EXPECT_EQ(parse_h264(hex("78")).error(), H264Error::truncated);
  EXPECT_EQ(parse_h264(hex("78 0000")).error(), H264Error::truncated);
  EXPECT_EQ(parse_h264(hex("78 ffff 65")).error(), H264Error::truncated);
  EXPECT_EQ(parse_h264(hex("7c 85")).error(), H264Error::truncated);
  EXPECT_EQ(parse_h264(hex("79 0000")).error(), H264Error::unsupported);
  EXPECT_EQ(parse_h264(hex("00 00")).error(), H264Error::unsupported);
  for_each_truncation(hex("78 0002 6742 0002 68ce 0003 658884"),
                      [](Bytes b) { (void)parse_h264(b); });
}

TEST(H265, reads_single_aggregated_and_fragmented_units) {
  const auto idr = parse_h265(hex("2601 af"));
  ASSERT_TRUE(idr);
  EXPECT_TRUE(idr->irap);
  EXPECT_TRUE(idr->start_of_frame);
  const auto delta = parse_h265(hex("0203 d0"));
  EXPECT_FALSE(delta->keyframe());
  EXPECT_EQ(delta->temporal_id, 2);
  const auto aggregated = parse_h265(hex("6001 0003 400101 0003 420101 0003 2601af"));
  ASSERT_TRUE(aggregated);
  EXPECT_TRUE(aggregated->parameter_sets);
  EXPECT_TRUE(aggregated->irap);
  EXPECT_TRUE(parse_h265(hex("6201 93 af"))->irap);

  EXPECT_FALSE(parse_h265(hex("6201 13 af"))->irap);
}

TEST(H265, refuses_what_is_broken_or_unknown) {
  EXPECT_EQ(parse_h265(hex("2601")).error(), H265Error::truncated);
  EXPECT_EQ(parse_h265(hex("6001 0001 26")).error(), H265Error::truncated);
  EXPECT_EQ(parse_h265(hex("6001 ffff 26")).error(), H265Error::truncated);
  EXPECT_EQ(parse_h265(hex("6201 93")).error(), H265Error::truncated);
  EXPECT_EQ(parse_h265(hex("6401 00")).error(), H265Error::unsupported);
  for_each_truncation(hex("6001 0003 400101 0003 420101 0003 2601af"),
                      [](Bytes b) { (void)parse_h265(b); });
}

}  // namespace
}  // namespace plenum::codec
