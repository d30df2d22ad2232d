#include "egress/opus_timeline.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

/// Hybrid full band, 20 ms.
const std::vector<std::byte> kSound(40, std::byte{0x78});
const std::vector<std::byte> kPause(1, std::byte{0x78});
constexpr Duration kLate = OpusTimeline::kLookahead;

RtpTime stamp(int packet) {
  return RtpTime(0xffff'fff0u + static_cast<std::uint32_t>(packet) * 960);
}

std::int64_t silent(const std::vector<OpusTimeline::Placed>& placed) {
  std::int64_t samples = 0;
  for (const auto& p : placed)
    if (p.payload.size() == 3) samples += p.duration;
  return samples;
}

TEST(OpusTimeline, packets_follow_each_other_whatever_the_clock_trembles) {
  OpusTimeline line;

  for (int i = 0; i < 50; ++i) {
    const auto placed = line.push(kSound, stamp(i), kLate + i * 20ms + (i % 3) * 3ms);
    ASSERT_EQ(placed.size(), 1u) << i;
    EXPECT_EQ(placed[0].at, i * 960);
  }
  EXPECT_EQ(line.end(), 1s);
}

TEST(OpusTimeline, a_hole_is_silence_of_its_length) {
  OpusTimeline line;
  line.push(kSound, stamp(0), kLate);

  const auto placed = line.push(kSound, RtpTime(stamp(1).value() + 48 * 33), kLate + 20ms + 33ms);
  EXPECT_EQ(silent(placed), 48 * 33 - 24);  // 20 + 10 + 2.5 ms
  EXPECT_EQ(placed.back().payload.size(), kSound.size());
  EXPECT_EQ(line.end(), 72'500us);
}

TEST(OpusTimeline, a_pause_is_silence_up_to_what_comes_next) {
  OpusTimeline line;
  line.push(kSound, stamp(0), kLate);

  EXPECT_TRUE(line.push(kPause, stamp(1), kLate + 20ms).empty());
  EXPECT_EQ(silent(line.fill(315ms)), 14 * 960);
  EXPECT_EQ(silent(line.push(kSound, stamp(20), kLate + 400ms)), 5 * 960);
  EXPECT_EQ(silent(line.finish(501ms)), 4 * 960);
  EXPECT_EQ(line.end(), 500ms);
}

TEST(OpusTimeline, what_comes_after_its_place_was_filled_is_dropped) {
  OpusTimeline line;
  line.fill(1s);

  EXPECT_TRUE(line.push(kSound, stamp(0), kLate + 500ms).empty());
  EXPECT_TRUE(line.push({}, stamp(1), kLate + 2s).empty());
  EXPECT_EQ(line.push(kSound, stamp(25), kLate + 1s).size(), 1u);
}

TEST(OpusTimeline, a_sample_clock_that_runs_away_costs_a_packet_now_and_then) {
  OpusTimeline slow, fast;
  std::int64_t added = 0, dropped = 0;

  for (int i = 0; i < 3000; ++i) {
    const Duration at = kLate + i * 20ms;
    added += silent(slow.push(kSound, stamp(i), at + at / 1000));
    dropped += fast.push(kSound, stamp(i), at - at / 1000).empty() ? 1 : 0;
    EXPECT_LE(abs(slow.end() - (at - kLate + at / 1000)), 41ms);
    EXPECT_LE(abs(fast.end() - (at - kLate - at / 1000)), 41ms);
  }
  EXPECT_NEAR(double(added) / 960, 3, 1);
  EXPECT_NEAR(double(dropped), 3, 1);
}

}  // namespace
}  // namespace plenum::egress
