#include "egress/copied_audio.h"

#include <utility>

namespace plenum::egress {

void CopiedAudio::collect() {
  while (auto f = frames_.pop()) waiting_.push_back(std::move(f->frame));
  // A clock that runs wild: the newest are kept.
  while (waiting_.size() > kMaxWaiting) waiting_.pop_front();
}

std::vector<TimedFrame> CopiedAudio::take(TimePoint until) {
  std::vector<TimedFrame> taken;
  while (!waiting_.empty()) {
    const TimePoint captured = frames_.clock().capture_time(waiting_.front().timestamp);
    if (captured > until) break;
    taken.push_back({.frame = std::move(waiting_.front()), .captured = captured});
    waiting_.pop_front();
  }
  return taken;
}

}  // namespace plenum::egress
