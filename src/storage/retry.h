#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace plenum::storage {

struct RetryPolicy {
  /// Waits before the second, third, … attempt, each plus up to a half of itself by chance. After
  /// as many waits without getting anywhere, the next failure is the last: with these, five
  /// attempts over some four minutes.
  std::array<Duration, 4> steps{5s, 20s, 1min, 3min};
  /// Before a part of a file is tried again within an attempt; twice that before the last try.
  Duration part_pause = 1s;
  /// Whatever gets somewhere again and again without getting to its end is given up, too.
  Duration give_up_age = 24h;
};

/// How long to wait after a failure; nullopt = give up. `failed`: attempts in a row that got
/// nowhere, the last one among them; 0 = it got somewhere. `age`: since the upload was asked for.
/// `jitter`: uniform in [0, 1).
std::optional<Duration> next_wait(const RetryPolicy& policy, std::int64_t failed, Duration age,
                                  double jitter);

}  // namespace plenum::storage
