#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace plenum::webhooks {

/// How one attempt to deliver ended, as the transport saw it.
struct Outcome {
  /// HTTP status; nullopt when no answer came.
  std::optional<std::int64_t> status = std::nullopt;
  /// In a few words for people; nullopt when delivered.
  std::optional<std::string> error = std::nullopt;
  /// Retry-After (RFC 9110 10.2.3), as a time from the answer on.
  std::optional<Duration> retry_after = std::nullopt;
  /// No later attempt can end otherwise, for instance because the URL is none.
  bool hopeless = false;
};

struct RetryPolicy {
  /// The longest wait before the second, third, … attempt; the last goes on. Full jitter: the wait
  /// is drawn between nothing and that, so that queues which failed together do not come back so.
  std::array<Duration, 6> steps{1s, 5s, 30s, 2min, 10min, 15min};
  Duration min_wait = 100ms;
  /// Older events are given up, but not before so many attempts: those that waited behind an
  /// unreachable endpoint's older ones, and dead letters that are replayed, get their chance too.
  Duration give_up_age = 24h;
  std::int64_t min_attempts = 3;
  /// A receiver's Retry-After is honoured up to this.
  Duration max_retry_after = 1h;
};

enum class Verdict : std::uint8_t { delivered, retry, dead };

struct Decision {
  Verdict verdict = Verdict::delivered;
  /// Of retry: not before.
  std::int64_t next_attempt_ms = 0;
};

/// What follows from an outcome: 2xx is delivered; 410 and what is hopeless is dead at once;
/// everything else, redirects included, is tried again until it is too old.
/// `attempts`: those that failed before this one. `jitter`: uniform in [0, 1).
Decision decide(const RetryPolicy& policy, const Outcome& outcome, std::int64_t attempts,
                std::int64_t created_ms, std::int64_t now_ms, double jitter);

}  // namespace plenum::webhooks
