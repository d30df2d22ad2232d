#pragma once
#include <algorithm>
#include <optional>

#include "base/time.h"

namespace plenum::load {

/// Round-trip times by what a server reports of what it got.
class RoundTrip {
 public:
  void on_sample(Duration rtt) {
    smoothed_ = smoothed_ ? (7 * *smoothed_ + rtt) / 8 : rtt;
    longest_ = std::max(longest_, rtt);
  }
  std::optional<Duration> smoothed() const { return smoothed_; }
  Duration longest() const { return longest_; }

 private:
  std::optional<Duration> smoothed_;
  Duration longest_{};
};

}  // namespace plenum::load
