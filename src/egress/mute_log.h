#pragma once
#include <algorithm>
#include <optional>
#include <vector>

#include "base/time.h"
#include "egress/manifest.h"

namespace plenum::egress {

/// When a track was muted, or not there. Times are since the start of the job.
class MuteLog {
 public:
  /// What is kept; beyond that a mute takes in the one before it and what was between them.
  static constexpr std::size_t kMost = 5000;

  /// `now` never goes back. Muted at the beginning.
  void set(bool muted, Duration now) {
    if (muted == since_.has_value()) return;
    if (muted) {
      since_ = now;
      return;
    }
    if (past_.size() == kMost)
      past_.back().to = now;
    else if (now > *since_)
      past_.push_back({.from = *since_, .to = now});
    since_.reset();
  }
  /// Nobody asks for what was before.
  void forget_before(Duration time) {
    std::erase_if(past_, [&](const Interval& i) { return i.to <= time; });
  }
  std::vector<Interval> within(Duration from, Duration to) const {
    std::vector<Interval> all = past_;
    if (since_) all.push_back({.from = *since_, .to = to});
    for (Interval& i : all) i = {.from = std::max(i.from, from), .to = std::min(i.to, to)};
    std::erase_if(all, [](const Interval& i) { return i.to <= i.from; });
    return all;
  }

 private:
  std::vector<Interval> past_;
  std::optional<Duration> since_ = Duration{};
};

}  // namespace plenum::egress
