#include "media/rtcp/keyframe_request.h"

#include <algorithm>

namespace plenum::rtcp {

void KeyframeThrottle::handle_request(TimePoint now) {
  if (pending_) return;
  pending_ = true;
  due_ = sent_any_ ? std::max(now, last_sent_ + config_.min_interval) : now;
}

bool KeyframeThrottle::poll(TimePoint now) {
  if (!pending_ || now < due_) return false;
  pending_ = false;
  sent_any_ = true;
  last_sent_ = now;
  return true;
}

}  // namespace plenum::rtcp
