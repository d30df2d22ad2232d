#include "api/http/rate_limit.h"

#include <algorithm>

namespace plenum::http {
namespace {

/// Looking through all keys is worth it at most so often.
constexpr Duration kSweepInterval = 1s;

}  // namespace

double RateLimit::tokens_at(const Bucket& bucket, TimePoint now) const {
  const double seconds =
      static_cast<double>(std::max(now - bucket.updated, Duration::zero()).count()) / 1e6;
  return std::min(config_.burst, bucket.tokens + seconds * config_.per_second);
}

void RateLimit::forget_full(TimePoint now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepInterval;
  std::erase_if(buckets_, [&](const auto& b) { return tokens_at(b.second, now) >= config_.burst; });
}

bool RateLimit::allow(std::string_view key, TimePoint now, double cost) {
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= config_.max_keys) forget_full(now);
    if (buckets_.size() >= config_.max_keys) return false;
    found = buckets_.emplace(std::string(key), Bucket{config_.burst, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = tokens_at(bucket, now);
  bucket.updated = std::max(bucket.updated, now);
  if (bucket.tokens < cost) return false;
  bucket.tokens -= cost;
  return true;
}

}  // namespace plenum::http
