#include "egress/overload_ladder.h"

#include <gtest/gtest.h>

namespace plenum::egress {
namespace {

/// Frames, 30 a second, in virtual time.
class OverloadLadderTest : public ::testing::Test {
 protected:
  /// So many seconds in which `late_of_ten` of ten frames are late.
  void pass(int seconds, int late_of_ten) {
    for (int i = 0; i < seconds * 30; ++i, now_ += 33'333us)
      ladder_.on_frame(i % 10 < late_of_ten ? 50ms : 5ms, now_);
  }
  OverloadLadder ladder_{33ms};
  TimePoint now_{10s};
};

TEST_F(OverloadLadderTest, steps_down_while_frames_stay_late_and_knows_where_it_ends) {
  pass(2, 4);
  EXPECT_EQ(ladder_.level(), Degradation::none);
  pass(1, 4);
  EXPECT_EQ(ladder_.level(), Degradation::half_refresh);
  pass(2, 10);
  EXPECT_EQ(ladder_.level(), Degradation::half_rate);
  pass(20, 10);
  EXPECT_EQ(ladder_.level(), Degradation::exhausted);
  EXPECT_EQ(ladder_.steps_down(), 3u);
}

TEST_F(OverloadLadderTest, goes_up_a_step_after_ten_easy_seconds) {
  pass(5, 10);
  EXPECT_EQ(ladder_.level(), Degradation::half_rate);
  pass(9, 0);
  EXPECT_EQ(ladder_.level(), Degradation::half_rate);
  pass(3, 0);
  EXPECT_EQ(ladder_.level(), Degradation::half_refresh);
  pass(10, 0);
  EXPECT_EQ(ladder_.level(), Degradation::none);
}

TEST_F(OverloadLadderTest, waits_twice_as_long_after_a_step_up_that_came_too_early) {
  pass(3, 10);
  pass(12, 0);
  EXPECT_EQ(ladder_.level(), Degradation::none);
  pass(2, 10);
  EXPECT_EQ(ladder_.level(), Degradation::half_refresh);
  pass(15, 0);
  EXPECT_EQ(ladder_.level(), Degradation::half_refresh);
  pass(10, 0);
  EXPECT_EQ(ladder_.level(), Degradation::none);
}

TEST_F(OverloadLadderTest, takes_no_notice_of_a_single_pause) {
  pass(3, 0);
  now_ += 4s;
  for (int i = 120; i > 0; --i) ladder_.on_frame(i * 33ms, now_ += 1ms);
  pass(5, 0);

  EXPECT_EQ(ladder_.steps_down(), 0u);
}

}  // namespace
}  // namespace plenum::egress
