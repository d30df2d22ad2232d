#include "api/http/rate_limit.h"

namespace plenum::http {
namespace {

/// Looking through all keys is worth it at most so often.
constexpr Duration kSweepInterval = 1s;

}  // namespace

void RateLimit::forget_full(TimePoint now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  std::erase_if(buckets_, [&](const auto& b) { return b.second.is_full(config_.rate, now); });
}

bool RateLimit::allow(std::string_view key, TimePoint now, double cost) {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= config_.max_keys) forget_full(now);
    if (buckets_.size() >= config_.max_keys) return false;
    found = buckets_.try_emplace(std::string(key)).first;
  }
  return found->second.take(config_.rate, now, cost);
}

}  // namespace plenum::http
