#pragma once
#include <optional>

#include "base/time.h"

namespace plenum::egress {

/// When to connect again to a server that was lost. Sans-I/O: time comes in, and so does chance.
class ReconnectPolicy {
 public:
  struct Config {
    /// Doubles with each failure in a row.
    Duration first_wait = 250ms;
    /// A server that is back has the stream again soon.
    Duration longest_wait = 1s;
    /// Each wait is longer or shorter by up to this share, so that the streams of a server that
    /// comes back do not all come at once.
    double jitter = 0.2;
    /// Without a connection; then it is over.
    Duration longest_outage = 120s;
    /// A connection that ends sooner counts as one more failure: a server that takes us and drops
    /// us is not hammered.
    Duration shortest_success = 10s;
  };
  explicit ReconnectPolicy(Config config) : config_(config) {}

  /// The server takes the stream.
  void on_connected(TimePoint now);
  /// The connection, or the attempt at one, has failed. Answers when to try next; nullopt = never:
  /// the first attempt of all failed, so the address or the key is wrong, or the outage lasts too
  /// long. `chance` is uniform in [0, 1).
  std::optional<TimePoint> on_failure(TimePoint now, double chance);

 private:
  Config config_;
  bool was_connected_ = false;
  /// While there is a connection.
  std::optional<TimePoint> connected_since_;
  TimePoint lost_at_{};
  int failures_ = 0;
};

}  // namespace plenum::egress
