#pragma once
#include <algorithm>

#include "base/time.h"

namespace plenum {

/// How often something may happen: `burst` at once and `per_second` in the long run.
struct Rate {
  double per_second;
  double burst;
};

/// Says whether a Rate is kept. Starts full; virtual time: `now` is an argument.
class TokenBucket {
 public:
  /// Takes `cost`; false and nothing taken when less is left.
  bool take(const Rate& rate, TimePoint now, double cost = 1) {
    const double spent = spent_at(rate, now);
    if (rate.burst - spent < cost) return false;
    spent_ = spent + cost;
    updated_ = std::max(updated_, now);
    return true;
  }
  bool is_full(const Rate& rate, TimePoint now) const { return spent_at(rate, now) <= 0; }

 private:
  double spent_at(const Rate& rate, TimePoint now) const {
    const Duration passed = std::max(now - updated_, Duration::zero());
    return std::max(0.0, spent_ - static_cast<double>(passed.count()) / 1e6 * rate.per_second);
  }

  double spent_ = 0;
  TimePoint updated_{};
};

}  // namespace plenum
