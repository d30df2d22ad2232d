#include "base/token_bucket.h"

#include <gtest/gtest.h>

namespace plenum {
namespace {

constexpr TimePoint t0{1h};

TEST(TokenBucket, starts_full_and_refills_at_its_rate) {
  const Rate rate{.per_second = 10, .burst = 5};
  TokenBucket bucket;
  EXPECT_TRUE(bucket.is_full(rate, t0));
  EXPECT_TRUE(bucket.take(rate, t0, 5));

  EXPECT_FALSE(bucket.take(rate, t0 + 99ms));
  EXPECT_TRUE(bucket.take(rate, t0 + 100ms));
  EXPECT_FALSE(bucket.is_full(rate, t0 + 500ms));
  EXPECT_TRUE(bucket.is_full(rate, t0 + 600ms));
}

TEST(TokenBucket, takes_nothing_when_it_refuses) {
  const Rate rate{.per_second = 1, .burst = 5};
  TokenBucket bucket;
  EXPECT_FALSE(bucket.take(rate, t0, 6));
  EXPECT_TRUE(bucket.take(rate, t0, 5));
}

TEST(TokenBucket, gains_nothing_when_time_goes_backwards) {
  const Rate rate{.per_second = 1, .burst = 1};
  TokenBucket bucket;
  EXPECT_TRUE(bucket.take(rate, t0));
  EXPECT_FALSE(bucket.take(rate, t0 - 10s));
  EXPECT_FALSE(bucket.take(rate, t0));
}

}  // namespace
}  // namespace plenum
