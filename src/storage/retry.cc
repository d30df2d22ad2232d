#include "storage/retry.h"

#include <algorithm>

namespace plenum::storage {

std::optional<Duration> next_wait(const RetryPolicy& policy, std::int64_t failed, Duration age,
                                  double jitter) {
  if (failed > static_cast<std::int64_t>(policy.steps.size()) || age >= policy.give_up_age)
    return std::nullopt;
  const Duration step =
      policy.steps[static_cast<std::size_t>(std::max<std::int64_t>(failed, 1) - 1)];
  const double stretched = static_cast<double>(step.count()) * (1 + jitter / 2);
  return Duration(static_cast<Duration::rep>(stretched));
}

}  // namespace plenum::storage
