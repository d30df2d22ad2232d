#include "egress/copied_video.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {

void CopiedVideo::require_key() {
  for (std::uint8_t index = 0; index < VideoLayers::kMaxLayers; ++index) {
    auto& frames = layers_.frames(index);
    frames.erase(frames.begin(), std::ranges::find_if(frames, &EncodedFrame::key));
    if (frames.empty()) layers_.require_key(index);
  }
}

std::vector<TimedFrame> CopiedVideo::take(TimePoint until) {
  std::vector<TimedFrame> taken;
  const std::uint8_t given = layers_.in_use().value_or(0), aim = layers_.aim().value_or(given);
  if (const auto& next = layers_.frames(aim); aim != given && !next.empty()) {
    const TimePoint begins = layers_.capture_time(aim, next.front().timestamp);
    if (begins <= until) {
      take(given, begins - Duration(1), taken);
      layers_.use(aim);
    }
  }
  take(*layers_.in_use(), until, taken);
  return taken;
}

void CopiedVideo::take(std::uint8_t index, TimePoint until, std::vector<TimedFrame>& to) {
  auto& frames = layers_.frames(index);
  while (!frames.empty()) {
    const TimePoint captured = layers_.capture_time(index, frames.front().timestamp);
    if (captured > until) return;
    to.push_back({.frame = std::move(frames.front()), .captured = captured});
    frames.pop_front();
  }
}

}  // namespace plenum::egress
