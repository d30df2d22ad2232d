#pragma once
#include <deque>

#include "base/time.h"
#include "egress/slewed_value.h"

namespace plenum::egress {

/// The delay of a packet that met no queue: the least of the last 60 s, apart from the drift of
/// the two clocks between which it is measured. Moves slowly (SlewedValue), but for its first
/// 500 ms, when nothing it places has been shown yet.
class DelayFloor {
 public:
  static constexpr Duration kWindow = 60s, kSettling = 500ms;

  bool started() const { return !least_.empty(); }
  /// Begins anew with one delay; from `settled` on the value moves slowly.
  void start(Duration delay, TimePoint now, TimePoint settled);
  /// One packet's delay; of any sign, as the clocks may stand apart by years.
  void observe(Duration delay, TimePoint now);
  Duration value() const { return value_.value(); }
  TimePoint settled() const { return settled_; }

 private:
  /// The least delay of a second.
  struct Least {
    TimePoint second{}, at{};
    Duration delay{};
  };
  void estimate(TimePoint now);
  double drift() const;

  std::deque<Least> least_;
  TimePoint settled_{};
  Duration target_{};
  SlewedValue value_;
};

}  // namespace plenum::egress
