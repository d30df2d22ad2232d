// Token buckets by key (client address, API key, identity). Virtual time: `now` is an argument.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "base/token_bucket.h"

namespace plenum::http {

/// Keeps a Rate for each key by itself.
class RateLimit {
 public:
  struct Config {
    Rate rate{.per_second = 10, .burst = 20};
    /// Keys remembered. When full, keys whose buckets are full again are forgotten; when none
    /// is, a new key is refused, so that many keys cannot take the memory.
    std::size_t max_keys = 65536;
  };
  explicit RateLimit(Config config) : config_(config) {}

  /// Takes `cost` from the key's bucket; false and nothing taken when it holds less.
  bool allow(std::string_view key, TimePoint now, double cost = 1);
  std::size_t keys() const { return buckets_.size(); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  void forget_full(TimePoint now);

  Config config_;
  std::unordered_map<std::string, TokenBucket, Hash, std::equal_to<>> buckets_;
  TimePoint next_sweep_{};
};

}  // namespace plenum::http
