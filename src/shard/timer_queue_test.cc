#include "shard/timer_queue.h"

#include <gtest/gtest.h>

namespace plenum::shard {
namespace {

constexpr TimePoint at(int ms) { return TimePoint{} + std::chrono::milliseconds(ms); }

std::vector<int> expired(TimerQueue<int>& q, TimePoint now) {
  std::vector<int> out;
  q.expire(now, [&](int key) { out.push_back(key); });
  return out;
}

TEST(TimerQueue, wakes_in_order_of_time) {
  TimerQueue<int> q;
  q.arm(1, at(30));
  q.arm(2, at(10));
  q.arm(3, at(99));

  EXPECT_EQ(q.next(), at(10));
  EXPECT_EQ(expired(q, at(30)), (std::vector{2, 1}));
}

TEST(TimerQueue, an_earlier_time_replaces_a_later_one_and_fires_once) {
  TimerQueue<int> q;
  q.arm(1, at(50));
  q.arm(1, at(20));

  EXPECT_EQ(expired(q, at(20)), std::vector{1});
  EXPECT_TRUE(expired(q, at(100)).empty());
}

TEST(TimerQueue, a_disarmed_key_is_not_woken) {
  TimerQueue<int> q;
  q.arm(1, at(20));
  q.disarm(1);

  EXPECT_TRUE(expired(q, at(100)).empty());
}

TEST(TimerQueue, may_be_armed_again_while_it_expires) {
  TimerQueue<int> q;
  q.arm(1, at(20));
  int calls = 0;
  q.expire(at(25), [&](int key) {
    if (++calls < 3) q.arm(key, at(20 + calls));
  });

  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace plenum::shard
