#include "egress/video_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "egress/recording_fixture.h"

namespace plenum::egress {
namespace {

std::vector<std::int64_t> key_frames(VideoEncoder& encoder, int frames,
                                     const std::vector<std::int64_t>& forced_at) {
  std::vector<std::int64_t> keys;
  std::int64_t seen = 0;
  const auto look = [&](const std::vector<Packet>& packets) {
    for (const Packet& p : packets) {
      EXPECT_EQ(p->pts, seen * 3000);
      EXPECT_EQ(p->dts, p->pts);
      EXPECT_EQ(p->duration, 3000);
      if (p->flags & AV_PKT_FLAG_KEY) keys.push_back(seen);
      ++seen;
    }
  };
  for (std::int64_t n = 0; n < frames; ++n) {
    if (std::ranges::count(forced_at, n)) encoder.force_key_frame();
    look(encoder.encode(picture_of(n).view(), n));
  }
  look(encoder.flush());
  EXPECT_EQ(seen, frames);
  return keys;
}

TEST(VideoEncoder, has_a_key_frame_each_two_seconds_and_forced_ones_do_not_move_that_grid) {
  for (const Encoding encoding : {Encoding::h264_aac, Encoding::vp8_opus}) {
    VideoEncoder encoder({.encoding = encoding, .size = kTestSize});

    EXPECT_EQ(key_frames(encoder, 130, {37, 62}), (std::vector<std::int64_t>{0, 37, 60, 67, 120}));
  }
}

TEST(VideoEncoder, forces_at_most_one_key_frame_a_second) {
  VideoEncoder encoder({.size = kTestSize, .threads = 2});

  EXPECT_EQ(key_frames(encoder, 130, {5, 6, 20, 40, 70}),
            (std::vector<std::int64_t>{0, 5, 35, 60, 70, 120}));
}

TEST(VideoEncoder, knows_a_bitrate_for_each_size) {
  EXPECT_EQ(default_bitrate_kbps({.width = 854, .height = 480}), 1500);
  EXPECT_EQ(default_bitrate_kbps({.width = 1280, .height = 720}), 3000);
  EXPECT_EQ(default_bitrate_kbps({.width = 1920, .height = 1080}), 4500);
  EXPECT_EQ(default_bitrate_kbps({.width = 720, .height = 1280}), 3000);
}

TEST(VideoEncoder, refuses_a_size_that_has_half_chroma_samples) {
  EXPECT_THROW(VideoEncoder({.size = {.width = 321, .height = 180}}), std::runtime_error);
  EXPECT_THROW(VideoEncoder({.size = {.width = 320, .height = 8}}), std::runtime_error);
}

TEST(VideoEncoder, fills_a_still_picture_up_to_a_constant_bitrate) {
  VideoEncoder plain({.size = kTestSize, .bitrate_kbps = 500});
  VideoEncoder constant({.size = kTestSize, .bitrate_kbps = 500, .constant_bitrate = true});
  const Picture still = picture_of(0);
  int plain_bytes = 0, constant_bytes = 0;
  for (std::int64_t n = 0; n < 150; ++n) {
    for (const Packet& p : plain.encode(still.view(), n)) plain_bytes += p->size;
    for (const Packet& p : constant.encode(still.view(), n)) constant_bytes += p->size;
  }

  EXPECT_LT(plain_bytes, 40'000);
  EXPECT_NEAR(constant_bytes, 5 * 500'000 / 8, 125'000);  // within the buffer of two seconds
}

}  // namespace
}  // namespace plenum::egress
