#include "egress/delay_floor.h"

#include <algorithm>

namespace plenum::egress {

void DelayFloor::start(Duration delay, TimePoint now, TimePoint settled) {
  least_.assign(1, {.second = now, .at = now, .delay = delay});
  settled_ = settled;
  target_ = delay;
  value_.set(delay, now);
}

void DelayFloor::observe(Duration delay, TimePoint now) {
  if (!started()) return start(delay, now, now + kSettling);
  if (now - least_.back().second >= 1s) {
    least_.push_back({.second = now, .at = now, .delay = delay});
    while (now - least_.front().second > kWindow) least_.pop_front();
    estimate(now);
  } else if (delay < least_.back().delay) {
    least_.back().at = now;
    least_.back().delay = delay;
    estimate(now);
  }
  if (now < settled_ && target_ < value_.value()) return value_.set(target_, now);
  value_.approach(target_, now);
}

void DelayFloor::estimate(TimePoint now) {
  const double per_us = drift();
  const auto brought_here = [&](const Least& l) {
    return l.delay +
           Duration(static_cast<std::int64_t>(per_us * static_cast<double>((now - l.at).count())));
  };
  target_ = brought_here(least_.back());
  for (const Least& l : least_) target_ = std::min(target_, brought_here(l));
}

/// Microseconds by which the delay grows a microsecond: the slope between the least delay of the
/// oldest and of the newest third of the window. A bare minimum would lag by 18 ms at 300 ppm.
double DelayFloor::drift() const {
  const Duration third = (least_.back().second - least_.front().second) / 3;
  if (third < 5s) return 0;
  const Least *oldest = nullptr, *newest = nullptr;
  for (const Least& l : least_) {
    if (l.second - least_.front().second <= third && (!oldest || l.delay < oldest->delay))
      oldest = &l;
    if (least_.back().second - l.second <= third && (!newest || l.delay < newest->delay))
      newest = &l;
  }
  const double slope = static_cast<double>((newest->delay - oldest->delay).count()) /
                       static_cast<double>((newest->at - oldest->at).count());
  return std::clamp(slope, -500e-6, 500e-6);
}

}  // namespace plenum::egress
