#include "storage/retry.h"

#include <gtest/gtest.h>

namespace plenum::storage {
namespace {

TEST(UploadRetry, makes_five_attempts_over_some_minutes) {
  const RetryPolicy policy;
  Duration waited{};
  std::int64_t failed = 1;
  for (; const auto wait = next_wait(policy, failed, 1min, 0); ++failed) waited += *wait;

  EXPECT_EQ(failed, 5);
  EXPECT_EQ(waited, 4min + 25s);
}

TEST(UploadRetry, spreads_the_waits_and_is_quick_after_progress) {
  EXPECT_EQ(next_wait({}, 0, 1min, 0), 5s);
  EXPECT_EQ(next_wait({}, 2, 1min, 0.5), 25s);
}

TEST(UploadRetry, gives_up_what_gets_somewhere_but_never_to_its_end) {
  EXPECT_NE(next_wait({}, 0, 24h - 1s, 0), std::nullopt);
  EXPECT_EQ(next_wait({}, 0, 24h, 0), std::nullopt);
}

}  // namespace
}  // namespace plenum::storage
