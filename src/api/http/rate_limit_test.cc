#include "api/http/rate_limit.h"

#include <gtest/gtest.h>

#include <string>

namespace plenum::http {
namespace {

constexpr TimePoint t0{1h};

TEST(RateLimit, allows_a_burst_and_then_the_rate) {
  RateLimit limit({.rate = {.per_second = 2, .burst = 3}});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.allow("a", t0));

  EXPECT_FALSE(limit.allow("a", t0));
  EXPECT_FALSE(limit.allow("a", t0 + 499ms));
  EXPECT_TRUE(limit.allow("a", t0 + 500ms));
  EXPECT_FALSE(limit.allow("a", t0 + 501ms));
}

TEST(RateLimit, keeps_keys_apart) {
  RateLimit limit({.rate = {.per_second = 1, .burst = 1}});
  EXPECT_TRUE(limit.allow("a", t0));
  EXPECT_FALSE(limit.allow("a", t0));
  EXPECT_TRUE(limit.allow("b", t0));
}

TEST(RateLimit, never_holds_more_than_the_burst) {
  RateLimit limit({.rate = {.per_second = 100, .burst = 2}});
  EXPECT_TRUE(limit.allow("a", t0, 2));
  EXPECT_FALSE(limit.allow("a", t0 + 1h, 3));
  EXPECT_TRUE(limit.allow("a", t0 + 1h, 2));
}

TEST(RateLimit, gains_nothing_when_time_goes_backwards) {
  RateLimit limit({.rate = {.per_second = 1, .burst = 1}});
  EXPECT_TRUE(limit.allow("a", t0));
  EXPECT_FALSE(limit.allow("a", t0 - 10s));
  EXPECT_FALSE(limit.allow("a", t0));
}

TEST(RateLimit, forgets_rested_keys_when_full_and_refuses_new_ones_otherwise) {
  RateLimit limit({.rate = {.per_second = 1, .burst = 2}, .max_keys = 10});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limit.allow(std::to_string(i), t0));

  EXPECT_FALSE(limit.allow("new", t0 + 500ms));
  EXPECT_EQ(limit.keys(), 10u);
  EXPECT_TRUE(limit.allow("new", t0 + 5s));
  EXPECT_EQ(limit.keys(), 1u);
}

}  // namespace
}  // namespace plenum::http
