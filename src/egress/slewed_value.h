#pragma once
#include <algorithm>

#include "base/time.h"

namespace plenum::egress {

/// A time offset that follows its target so slowly that nobody hears it: 5 ms a second. What is
/// further off than 100 ms comes nearer in steps of 100 ms, one a second.
class SlewedValue {
 public:
  static constexpr std::int64_t kSlewPerMille = 5;
  static constexpr Duration kStep = 100ms;

  Duration value() const { return value_; }
  void set(Duration value, TimePoint now) {
    value_ = value;
    last_ = last_step_ = now;
  }
  /// The target has moved together with the value.
  void shift(Duration by) { value_ += by; }

  void approach(Duration target, TimePoint now) {
    // After a pause nobody waits for the missed steps; and nobody would notice them less.
    const Duration elapsed = std::clamp<Duration>(now - last_, 0s, 1s);
    last_ = std::max(last_, now);
    const Duration off = target - value_;
    if (abs(off) > kStep) {
      if (now - last_step_ < 1s) return;
      last_step_ = now;
      value_ += std::clamp(off, -kStep, kStep);
      return;
    }
    // The rest of the division stays with the clock, or packets in quick succession would not move.
    carry_ += elapsed.count() * kSlewPerMille;
    const Duration most(carry_ / 1000);
    carry_ %= 1000;
    value_ += std::clamp(off, -most, most);
  }

 private:
  Duration value_{};
  TimePoint last_{}, last_step_{};
  std::int64_t carry_ = 0;
};

}  // namespace plenum::egress
