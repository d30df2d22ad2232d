#include "sfu/speakers.h"

#include <gtest/gtest.h>

namespace plenum::sfu {
namespace {

constexpr TrackId kAlice(1), kBob(2);

void window(Speakers& s, TrackId t, std::uint8_t level, int packets = 20) {
  for (int i = 0; i < packets; ++i) s.observe(t, level, 20ms);
}

TEST(Speakers, reports_who_speaks_loudest_first) {
  Speakers s;
  TimePoint now{};
  window(s, kAlice, 30);
  window(s, kBob, 5);
  const auto changes = s.poll(now);

  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].track, kBob);
  EXPECT_TRUE(changes[1].active);
}

TEST(Speakers, quiet_or_short_sounds_are_not_speech) {
  Speakers s;
  window(s, kAlice, 60);
  window(s, kBob, 5, 7);  // 140 ms of 400

  EXPECT_TRUE(s.poll(TimePoint{}).empty());
}

TEST(Speakers, says_nothing_while_nothing_changes) {
  Speakers s;
  TimePoint now{};
  for (int i = 0; i < 10; ++i, now += 400ms) {
    window(s, kAlice, 10);
    (void)s.poll(now);
  }
  window(s, kAlice, 10);

  EXPECT_TRUE(s.poll(now).empty());
}

TEST(Speakers, silence_ends_within_two_seconds_and_is_said_once) {
  Speakers s;
  TimePoint now{};
  for (int i = 0; i < 5; ++i, now += 400ms) {
    window(s, kAlice, 0);
    (void)s.poll(now);
  }
  int inactive = 0;
  TimePoint end{};
  for (int i = 0; i < 10; ++i, now += 400ms) {
    window(s, kAlice, 127);
    for (const auto& c : s.poll(now))
      if (!c.active) ++inactive, end = now;
  }

  EXPECT_EQ(inactive, 1);
  EXPECT_LE(end, TimePoint{} + 2s + 2s);
}

TEST(Speakers, a_muted_track_is_reported_inactive_in_the_next_window) {
  Speakers s;
  window(s, kAlice, 0);
  (void)s.poll(TimePoint{});
  s.silence(kAlice);
  const auto changes = s.poll(TimePoint{} + 400ms);

  ASSERT_EQ(changes.size(), 1u);
  EXPECT_FALSE(changes[0].active);
}

}  // namespace
}  // namespace plenum::sfu
