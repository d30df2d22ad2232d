#include "egress/reconnect_policy.h"

#include <algorithm>

namespace plenum::egress {

void ReconnectPolicy::on_connected(TimePoint now) {
  was_connected_ = true;
  connected_since_ = now;
}

std::optional<TimePoint> ReconnectPolicy::on_failure(TimePoint now, double chance) {
  if (!was_connected_) return std::nullopt;
  if (connected_since_) {
    lost_at_ = now;
    if (now - *connected_since_ >= config_.shortest_success) failures_ = 0;
    connected_since_.reset();
  }
  Duration wait = config_.first_wait;
  for (int i = 0; i < failures_ && wait < config_.longest_wait; ++i) wait *= 2;
  wait = std::min(wait, config_.longest_wait);
  ++failures_;
  const double factor = 1 + config_.jitter * (2 * chance - 1);
  const TimePoint at = now + Duration(static_cast<Duration::rep>(double(wait.count()) * factor));
  if (at - lost_at_ > config_.longest_outage) return std::nullopt;
  return at;
}

}  // namespace plenum::egress
