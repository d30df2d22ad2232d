#include "webhooks/retry.h"

#include <algorithm>

namespace plenum::webhooks {
namespace {

std::int64_t ms(Duration d) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

bool may_say_when(std::int64_t status) { return status == 429 || status == 503; }

}  // namespace

Decision decide(const RetryPolicy& policy, const Outcome& outcome, std::int64_t attempts,
                std::int64_t created_ms, std::int64_t now_ms, double jitter) {
  const std::int64_t status = outcome.status.value_or(0);
  if (status >= 200 && status < 300) return {.verdict = Verdict::delivered};
  const bool too_old =
      now_ms - created_ms >= ms(policy.give_up_age) && attempts + 1 >= policy.min_attempts;
  if (status == 410 || outcome.hopeless || too_old) return {.verdict = Verdict::dead};
  const auto step = std::min<std::size_t>(
      static_cast<std::size_t>(std::max<std::int64_t>(attempts, 0)), policy.steps.size() - 1);
  auto wait = Duration(
      static_cast<Duration::rep>(static_cast<double>(policy.steps[step].count()) * jitter));
  wait = std::max(wait, policy.min_wait);
  if (outcome.retry_after && may_say_when(status))
    wait = std::max(wait, std::min(*outcome.retry_after, policy.max_retry_after));
  return {.verdict = Verdict::retry, .next_attempt_ms = now_ms + ms(wait)};
}

}  // namespace plenum::webhooks
