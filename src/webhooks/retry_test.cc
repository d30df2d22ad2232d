#include "webhooks/retry.h"

#include <gtest/gtest.h>

namespace plenum::webhooks {
namespace {

constexpr std::int64_t kCreated = 1'000'000;
constexpr std::int64_t kHour = 3'600'000;
const RetryPolicy kPolicy;

Decision after(const Outcome& outcome, std::int64_t attempts = 0, double jitter = 0.5,
               std::int64_t age_ms = 1000) {
  return decide(kPolicy, outcome, attempts, kCreated, kCreated + age_ms, jitter);
}
std::int64_t wait_ms(const Outcome& outcome, std::int64_t attempts, double jitter) {
  return after(outcome, attempts, jitter).next_attempt_ms - (kCreated + 1000);
}
Outcome status(std::int64_t s, std::optional<Duration> retry_after = std::nullopt) {
  return {.status = s, .retry_after = retry_after};
}
const Outcome kNoAnswer{.error = "connection refused"};

TEST(WebhookRetry, any_2xx_is_delivered) {
  for (const int s : {200, 201, 202, 204, 299})
    EXPECT_EQ(after(status(s)).verdict, Verdict::delivered) << s;
}

TEST(WebhookRetry, everything_else_is_tried_again_redirects_included) {
  for (const int s : {100, 301, 302, 308, 400, 401, 403, 404, 408, 429, 500, 502, 503, 599})
    EXPECT_EQ(after(status(s)).verdict, Verdict::retry) << s;
  EXPECT_EQ(after(kNoAnswer).verdict, Verdict::retry);
}

TEST(WebhookRetry, gone_and_hopeless_are_dead_at_once) {
  EXPECT_EQ(after(status(410)).verdict, Verdict::dead);
  EXPECT_EQ(after({.error = "not a URL", .hopeless = true}).verdict, Verdict::dead);
}

TEST(WebhookRetry, waits_longer_each_time_up_to_fifteen_minutes) {
  const std::array<std::int64_t, 8> full{1000,    5000,    30'000,  120'000,
                                         600'000, 900'000, 900'000, 900'000};
  for (std::size_t i = 0; i < full.size(); ++i)
    EXPECT_EQ(wait_ms(kNoAnswer, static_cast<std::int64_t>(i), 0.5), full[i] / 2) << i;
  EXPECT_EQ(wait_ms(kNoAnswer, 1'000'000, 0.5), 450'000);
}

TEST(WebhookRetry, jitter_spreads_over_the_whole_step_but_never_hammers) {
  EXPECT_EQ(wait_ms(kNoAnswer, 2, 0.0), 100);
  EXPECT_EQ(wait_ms(kNoAnswer, 2, 0.1), 3000);
  EXPECT_NEAR(static_cast<double>(wait_ms(kNoAnswer, 2, 0.9999)), 30'000, 10);
}

TEST(WebhookRetry, honours_retry_after_of_429_and_503_within_an_hour) {
  EXPECT_EQ(wait_ms(status(429, 60s), 0, 0.5), 60'000);
  EXPECT_EQ(wait_ms(status(503, 30h), 0, 0.5), kHour);
  EXPECT_EQ(wait_ms(status(503, 1s), 5, 0.5), 450'000) << "never sooner than our own wait";
  EXPECT_EQ(wait_ms(status(500, 60s), 0, 0.5), 500);
}

TEST(WebhookRetry, gives_up_after_a_day_once_it_has_tried_three_times) {
  EXPECT_EQ(after(kNoAnswer, 40, 0.5, 24 * kHour - 1).verdict, Verdict::retry);
  EXPECT_EQ(after(kNoAnswer, 40, 0.5, 24 * kHour).verdict, Verdict::dead);
  EXPECT_EQ(after(kNoAnswer, 1, 0.5, 90 * kHour).verdict, Verdict::retry);
  EXPECT_EQ(after(kNoAnswer, 2, 0.5, 90 * kHour).verdict, Verdict::dead);
}

}  // namespace
}  // namespace plenum::webhooks
