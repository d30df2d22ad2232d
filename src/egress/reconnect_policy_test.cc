#include "egress/reconnect_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace plenum::egress {
namespace {

constexpr TimePoint t0{1h};
constexpr double kMiddle = 0.5;  // no jitter

TEST(ReconnectPolicy, gives_up_at_once_when_the_first_attempt_fails) {
  ReconnectPolicy policy({});

  EXPECT_EQ(policy.on_failure(t0, kMiddle), std::nullopt);
}

TEST(ReconnectPolicy, waits_longer_after_each_failure_and_forgets_that_after_a_good_connection) {
  ReconnectPolicy policy({});
  policy.on_connected(t0);
  TimePoint now = t0 + 1min;
  std::vector<Duration> waits;
  for (int i = 0; i < 5; ++i) {
    const TimePoint next = policy.on_failure(now, kMiddle).value();
    waits.push_back(next - now);
    now = next;
  }
  EXPECT_EQ(waits, (std::vector<Duration>{250ms, 500ms, 1s, 1s, 1s}));

  policy.on_connected(now);
  EXPECT_EQ(policy.on_failure(now + 10s, kMiddle), now + 10s + 250ms);
}

TEST(ReconnectPolicy, does_not_hammer_a_server_that_takes_the_stream_and_drops_it) {
  ReconnectPolicy policy({});
  TimePoint now = t0;
  Duration wait{};
  for (int i = 0; i < 10; ++i) {
    policy.on_connected(now);
    const TimePoint next = policy.on_failure(now + 1s, kMiddle).value();
    wait = next - (now + 1s);
    now = next;
  }

  EXPECT_EQ(wait, 1s);
}

TEST(ReconnectPolicy, gives_up_after_two_minutes_without_the_server) {
  ReconnectPolicy policy({});
  policy.on_connected(t0);
  const TimePoint lost = t0 + 1h;
  TimePoint now = lost;
  while (const auto next = policy.on_failure(now, kMiddle)) now = *next;

  EXPECT_LE(now - lost, 120s);
  EXPECT_GT(now - lost, 115s);
}

TEST(ReconnectPolicy, spreads_the_attempts_of_many_streams) {
  ReconnectPolicy early({}), late({});
  early.on_connected(t0);
  late.on_connected(t0);

  EXPECT_EQ(early.on_failure(t0 + 1min, 0.0), t0 + 1min + 200ms);
  EXPECT_EQ(late.on_failure(t0 + 1min, 1.0), t0 + 1min + 300ms);
}

}  // namespace
}  // namespace plenum::egress
