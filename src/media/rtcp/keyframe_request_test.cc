#include "media/rtcp/keyframe_request.h"

#include <gtest/gtest.h>

namespace plenum::rtcp {
namespace {

constexpr TimePoint t0{1000s};

TEST(KeyframeThrottle, lets_the_first_request_through_at_once) {
  KeyframeThrottle throttle;
  EXPECT_FALSE(throttle.poll(t0));
  throttle.handle_request(t0);

  EXPECT_EQ(throttle.next_timeout(), t0);
  EXPECT_TRUE(throttle.poll(t0));
  EXPECT_FALSE(throttle.poll(t0));
  EXPECT_EQ(throttle.next_timeout(), kNever);
}

TEST(KeyframeThrottle, remembers_one_request_until_the_interval_has_passed) {
  KeyframeThrottle throttle;
  throttle.handle_request(t0);
  throttle.poll(t0);
  throttle.handle_request(t0 + 10ms);
  throttle.handle_request(t0 + 20ms);

  EXPECT_EQ(throttle.next_timeout(), t0 + 500ms);
  EXPECT_FALSE(throttle.poll(t0 + 499ms));
  EXPECT_TRUE(throttle.poll(t0 + 500ms));
  EXPECT_FALSE(throttle.poll(t0 + 2s));
}

TEST(KeyframeThrottle, is_content_with_a_key_frame_that_came_meanwhile) {
  KeyframeThrottle throttle;
  throttle.handle_request(t0);
  throttle.poll(t0);
  throttle.handle_request(t0 + 10ms);
  throttle.handle_keyframe();

  EXPECT_EQ(throttle.next_timeout(), kNever);
  EXPECT_FALSE(throttle.poll(t0 + 1s));
}

TEST(KeyframeThrottle, passes_a_storm_on_as_two_requests_a_second) {
  KeyframeThrottle throttle;
  int sent = 0;
  for (int ms = 0; ms < 10'000; ++ms) {
    throttle.handle_request(t0 + Duration(ms * 1000));
    sent += throttle.poll(t0 + Duration(ms * 1000));
  }

  EXPECT_EQ(sent, 20);
}

}  // namespace
}  // namespace plenum::rtcp
