#include "load/freeze_detector.h"

#include <gtest/gtest.h>

namespace plenum::load {
namespace {

constexpr TimePoint kStart{100s};

TEST(FreezeDetector, counts_a_pause_longer_than_the_mean_and_150_ms) {
  FreezeDetector f;
  TimePoint now = kStart;
  for (int i = 0; i < 60; ++i, now += 33ms) EXPECT_EQ(f.on_frame(now), 0us);
  const TimePoint last = now - 33ms;

  EXPECT_EQ(f.on_frame(last + 180ms), 0us);
  EXPECT_EQ(f.on_frame(last + 180ms + 200ms), 200ms);
}

TEST(FreezeDetector, of_a_slide_show_is_three_intervals) {
  FreezeDetector f;
  TimePoint now = kStart;
  for (int i = 0; i < 10; ++i, now += 200ms) f.on_frame(now);
  const TimePoint last = now - 200ms;

  EXPECT_EQ(f.on_frame(last + 590ms), 0us);
  EXPECT_GT(f.on_frame(last + 590ms + 900ms), 0us);
}

TEST(FreezeDetector, counts_the_freeze_that_the_end_cuts_off_and_forgets_what_was) {
  FreezeDetector f;
  for (int i = 0; i < 10; ++i) f.on_frame(kStart + i * 33ms);

  EXPECT_EQ(f.stop(kStart + 9 * 33ms + 1s), 1s);
  EXPECT_EQ(f.on_frame(kStart + 60s), 0us);
}

}  // namespace
}  // namespace plenum::load
