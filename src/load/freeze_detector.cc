#include "load/freeze_detector.h"

#include <algorithm>

namespace plenum::load {

Duration FreezeDetector::freeze_before(TimePoint now) const {
  if (last_ == kNever || count_ == 0) return 0us;
  const Duration interval = now - last_;
  const Duration mean = sum_ / static_cast<Duration::rep>(std::min(count_, kIntervals));
  return interval > std::max<Duration>(3 * mean, mean + 150ms) ? interval : 0us;
}

Duration FreezeDetector::on_frame(TimePoint now) {
  const Duration freeze = freeze_before(now);
  if (last_ != kNever) {
    Duration& oldest = intervals_[count_++ % kIntervals];
    sum_ += now - last_ - oldest;
    oldest = now - last_;
  }
  last_ = now;
  return freeze;
}

Duration FreezeDetector::stop(TimePoint now) {
  const Duration freeze = freeze_before(now);
  *this = FreezeDetector();
  return freeze;
}

}  // namespace plenum::load
