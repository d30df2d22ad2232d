#include "load/media_clips.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "load/bundled_clips.h"
#include "load/clip.h"
#include "load/h264_size.h"
#include "media/codec/frame_info.h"

namespace plenum::load {
namespace {

codec::FrameInfo first_packet(const MediaClip& clip, std::size_t frame) {
  Payload p = clip.frames[frame][0];
  if (clip.codec == codec::Codec::vp8) {
    p.insert(p.begin(), kVp8DescriptorSize, std::byte{0});
    write_vp8_descriptor({.starts_frame = true, .keyframe = frame == 0, .picture_id = 7}, p);
  }
  return codec::inspect(clip.codec, p, false, nullptr);
}

TEST(MediaClips, begin_with_their_only_key_frame_and_tell_their_size) {
  const MediaClips clips = MediaClips::bundled();
  for (const auto* layers : {&clips.vp8_camera, &clips.h264_camera})
    for (const MediaClip& clip : *layers) {
      EXPECT_EQ(clip.frames.size(), 60u);
      EXPECT_TRUE(first_packet(clip, 0).keyframe);
      for (std::size_t i = 1; i < clip.frames.size(); ++i)
        EXPECT_FALSE(first_packet(clip, i).keyframe) << clip.height << " " << i;
    }
  const codec::FrameInfo vp8 = first_packet(clips.vp8_camera[2], 0);
  EXPECT_EQ(vp8.width, 1280);
  EXPECT_EQ(vp8.picture_id, 7);
  EXPECT_EQ(h264_size(clips.h264_camera[1].frames[0][0]), (PictureSize{640, 360}));
  EXPECT_EQ(h264_size(clips.h264_camera[0].frames[0][0]), (PictureSize{320, 180}));
}

TEST(MediaClips, no_payload_is_too_large_and_none_is_empty) {
  const MediaClips clips = MediaClips::bundled();
  for (const MediaClip* clip : {&clips.vp8_camera[2], &clips.h264_camera[2], &clips.opus})
    for (const auto& frame : clip->frames)
      for (const Payload& p : frame) {
        EXPECT_FALSE(p.empty());
        EXPECT_LE(p.size(), 1'100u);
      }
}

TEST(Packetise, cuts_a_large_nal_unit_into_fragments_that_join_to_it) {
  Payload frame{std::byte{0}, std::byte{0}, std::byte{1}, std::byte{0x65}};
  for (int i = 0; i < 300; ++i) frame.push_back(static_cast<std::byte>(1 + i % 200));
  const auto packets = packetise(codec::Codec::h264, frame, 128);

  ASSERT_EQ(packets.size(), 3u);
  Payload joined{(packets[0][0] & std::byte{0xe0}) | (packets[0][1] & std::byte{0x1f})};
  for (const Payload& p : packets) joined.insert(joined.end(), p.begin() + 2, p.end());
  EXPECT_TRUE(std::ranges::equal(joined, Bytes(frame).subspan(3)));
  EXPECT_EQ(packets[0][1], std::byte{0x85});
  EXPECT_EQ(packets[1][1], std::byte{0x05});
  EXPECT_EQ(packets[2][1], std::byte{0x45});
}

TEST(Packetise, of_bytes_without_a_start_code_nothing_comes) {
  const std::array<std::byte, 40> noise{};
  EXPECT_TRUE(packetise(codec::Codec::h264, noise, 128).empty());
}

TEST(ReadClip, refuses_a_file_that_is_cut_off_anywhere) {
  const Bytes whole = bundled::opus_tone;
  ASSERT_TRUE(read_clip(whole).ok());
  for (std::size_t n = 0; n < 400; ++n) {
    const auto clip = read_clip(whole.first(n));
    EXPECT_TRUE(!clip || clip->frames.size() < 4) << n;
  }
  EXPECT_EQ(read_clip(whole.first(40)).error(), ClipError::truncated);
  EXPECT_EQ(read_clip(whole.first(32)).error(), ClipError::no_keyframe);
  EXPECT_EQ(read_clip({}).error(), ClipError::not_ivf);
}

TEST(ReadClip, refuses_a_video_that_does_not_begin_with_a_key_frame) {
  Payload file(bundled::vp8_camera[0].begin(), bundled::vp8_camera[0].end());
  file[44] |= std::byte{1};

  EXPECT_EQ(read_clip(file).error(), ClipError::no_keyframe);
}

}  // namespace
}  // namespace plenum::load
