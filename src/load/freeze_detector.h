#pragma once
#include <array>
#include <cstddef>

#include "base/time.h"

namespace plenum::load {

/// Finds the pauses in a video that a viewer sees as a freeze, by the rule of the W3C's statistics
/// (freezeCount): longer than three mean frame intervals and than the mean plus 150 ms, the mean
/// being that of the last 30 frames.
class FreezeDetector {
 public:
  /// A frame is shown. Returns how long the picture stood still before it, 0 if it flowed.
  Duration on_frame(TimePoint now);
  /// Nothing is shown any more, for a reason: what comes next is a new beginning. Returns the
  /// freeze until now, 0 if there was none.
  Duration stop(TimePoint now);

 private:
  static constexpr std::size_t kIntervals = 30;
  Duration freeze_before(TimePoint now) const;

  std::array<Duration, kIntervals> intervals_{};
  Duration sum_{};
  std::size_t count_ = 0;
  TimePoint last_ = kNever;
};

}  // namespace plenum::load
