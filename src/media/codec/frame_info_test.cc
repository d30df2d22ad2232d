#include "media/codec/frame_info.h"

#include <gtest/gtest.h>

#include "media/rtp/testing.h"

namespace plenum::codec {
namespace {

using rtp::hex;

TEST(FrameInfo, of_vp8_comes_from_its_payload) {
  const FrameInfo key =
      inspect(Codec::vp8, hex("90 e0 9234 7f 00  10 0200 9d012a 8002 6801"), false, nullptr);
  EXPECT_TRUE(key.keyframe);
  EXPECT_TRUE(key.start_of_frame);
  EXPECT_FALSE(key.end_of_frame);
  EXPECT_TRUE(key.switching_up);
  EXPECT_EQ(key.switch_up_temporal_id, kHighestTemporalId);
  EXPECT_EQ(key.picture_id, 0x1234);
  EXPECT_EQ(key.tl0_picture_index, 0x7f);
  EXPECT_EQ(key.width, 640);
  const FrameInfo sync = inspect(Codec::vp8, hex("b0 20 a0  11"), true, nullptr);

  EXPECT_FALSE(sync.keyframe);
  EXPECT_TRUE(sync.end_of_frame);
  EXPECT_TRUE(sync.discardable);
  EXPECT_EQ(sync.temporal_id, 2);
  EXPECT_TRUE(sync.switching_up);
  EXPECT_EQ(sync.switch_up_temporal_id, 2);
}

TEST(FrameInfo, of_vp9_tells_layers_and_switching_points) {
  const FrameInfo f = inspect(Codec::vp9, hex("e8 11 12 05 aa"), false, nullptr);

  EXPECT_FALSE(f.keyframe);
  EXPECT_TRUE(f.start_of_frame);
  EXPECT_FALSE(f.end_of_frame);
  EXPECT_EQ(f.spatial_id, 1);
  EXPECT_EQ(f.temporal_id, 0);
  EXPECT_FALSE(f.switching_up);
  EXPECT_EQ(f.switch_up_temporal_id, kHighestTemporalId);
}

TEST(FrameInfo, follows_the_dependency_descriptor_when_the_payload_is_encrypted) {
  rtp::DependencyDescriptor d;
  d.start_of_frame = true;
  d.has_structure = true;
  d.resolution = {1280, 720};
  const auto noise = hex("ff ff ff ff");
  const FrameInfo key = inspect(Codec::av1, noise, false, &d);
  EXPECT_TRUE(key.keyframe);
  EXPECT_TRUE(key.start_of_frame);
  EXPECT_EQ(key.width, 1280);

  d = {};
  d.end_of_frame = true;
  d.spatial_id = 1;
  d.temporal_id = 1;
  d.frame_diffs.count = 1;
  d.dtis.set(3, rtp::Dti::discardable);
  d.switch_up_temporal_id = 2;
  const FrameInfo delta = inspect(Codec::vp9, noise, false, &d);
  EXPECT_FALSE(delta.keyframe);
  EXPECT_TRUE(delta.end_of_frame);
  EXPECT_TRUE(delta.discardable);
  EXPECT_EQ(delta.spatial_id, 1);
  EXPECT_EQ(delta.switch_up_temporal_id, 2);
  d.dtis.set(4, rtp::Dti::required);

  EXPECT_FALSE(inspect(Codec::vp9, noise, false, &d).discardable);
}

TEST(FrameInfo, takes_a_frame_without_references_as_key_only_with_a_structure) {
  rtp::DependencyDescriptor d;
  d.start_of_frame = true;
  EXPECT_FALSE(inspect(Codec::av1, hex("00 0130"), false, &d).keyframe);
  d.start_of_frame = false;

  EXPECT_TRUE(inspect(Codec::av1, hex("00 0130"), false, &d).keyframe);
}

TEST(FrameInfo, believes_the_first_byte_of_vp8_whatever_the_descriptor_says) {
  rtp::DependencyDescriptor d;
  d.start_of_frame = true;
  d.frame_diffs.count = 1;

  EXPECT_TRUE(inspect(Codec::vp8, hex("10 00"), false, &d).keyframe);
}

TEST(FrameInfo, of_av1_h264_and_audio_needs_no_descriptor) {
  EXPECT_TRUE(inspect(Codec::av1, hex("18 0a00"), false, nullptr).keyframe);
  EXPECT_TRUE(inspect(Codec::h264, hex("67 42"), false, nullptr).keyframe);
  EXPECT_TRUE(inspect(Codec::h265, hex("4201 01"), false, nullptr).keyframe);
  const FrameInfo audio = inspect(Codec::opus, hex("78"), false, nullptr);
  EXPECT_TRUE(audio.start_of_frame);

  EXPECT_TRUE(audio.end_of_frame);
}

TEST(FrameInfo, of_any_payload_whatsoever_is_sane) {
  std::mt19937 rng(14);
  for (int i = 0; i < 20000; ++i) {
    const auto payload = rtp::random_bytes(rng, rng() % 32);
    for (const Codec c : {Codec::vp8, Codec::vp9, Codec::h264, Codec::av1, Codec::h265}) {
      const FrameInfo f = inspect(c, payload, (rng() & 1) != 0, nullptr);
      ASSERT_LE(f.temporal_id, 7);
      ASSERT_LE(f.spatial_id, 7);
      ASSERT_GE(f.switch_up_temporal_id, f.temporal_id);
    }
  }
}

}  // namespace
}  // namespace plenum::codec
