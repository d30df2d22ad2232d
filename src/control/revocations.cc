#include "control/revocations.h"

#include <algorithm>

namespace plenum::control {

void Revocations::revoke(const Whom& whom, std::int64_t before, std::int64_t now) {
  forget_old(now);
  const auto [it, added] = entries_.try_emplace(whom);
  Entry& entry = it->second;
  if (!added) order_.erase(entry.place);
  entry.place = order_.insert(order_.end(), whom);
  entry.before = std::max(entry.before, before);
  entry.noted_at = now;
  if (entries_.size() > config_.max_entries) {
    entries_.erase(order_.front());
    order_.pop_front();
  }
}

bool Revocations::is_revoked(const Whom& whom, std::int64_t not_before, std::int64_t now) const {
  if (entries_.empty()) return false;
  const auto it = entries_.find(whom);
  return it != entries_.end() && not_before < it->second.before &&
         now - it->second.noted_at <= config_.memory_seconds;
}

void Revocations::forget_old(std::int64_t now) {
  while (!order_.empty()) {
    const auto oldest = entries_.find(order_.front());
    if (now - oldest->second.noted_at <= config_.memory_seconds) return;
    entries_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace plenum::control
