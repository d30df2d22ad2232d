#include "egress/copied_video.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "egress/test_packetizer.h"

namespace plenum::egress {
namespace {

using codec::Codec;
using testing::encode_stream;
using testing::packetize;

constexpr TimePoint kBegin{1s};

/// Two layers of a camera, of which the upper one begins a second and a half later.
TEST(CopiedVideo, follows_the_highest_layer_that_is_sent_from_its_key_frame_on) {
  const auto low = packetize(Codec::vp8, encode_stream({.frames = 120, .gop = 30}));
  const auto high =
      packetize(Codec::vp8, encode_stream({.size = {192, 128}, .frames = 120, .gop = 30}));
  CopiedVideo video(std::make_shared<ParticipantClock>(), Codec::vp8);
  video.pin(1);
  std::vector<TimedFrame> frames;
  const auto step = [&](TimePoint now) {
    video.handle_timeout(now);
    for (TimedFrame& f : video.take(now - 500ms)) frames.push_back(std::move(f));
  };

  EXPECT_EQ(video.wants_key_frame(kBegin), 1);
  auto upper =
      std::ranges::find_if(high, [](const auto& p) { return p.arrival >= kBegin + 1500ms; });
  for (const MediaPacket& p : low) {
    video.handle_packet(0, p, p.arrival);
    for (; upper != high.end() && upper->arrival <= p.arrival; ++upper)
      video.handle_packet(1, *upper, upper->arrival);
    step(p.arrival);
  }
  step(kBegin + 6s);

  ASSERT_GT(frames.size(), 100u);
  EXPECT_TRUE(frames[0].frame.key);
  EXPECT_EQ(frames[0].captured, kBegin);
  EXPECT_TRUE(std::ranges::is_sorted(frames, {}, &TimedFrame::captured));
  // The first key frame of the upper layer behind its beginning is that of second 2.
  const auto change = std::ranges::find_if(
      frames, [](const TimedFrame& f) { return f.captured >= kBegin + 2s - 1ms; });
  ASSERT_NE(change, frames.end());
  EXPECT_TRUE(change->frame.key);
  EXPECT_EQ(frames.size(), 120u);
}

}  // namespace
}  // namespace plenum::egress
