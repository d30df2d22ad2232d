#include "egress/recorded_video.h"

#include <utility>

namespace plenum::egress {

const TimedPicture* RecordedVideo::advance(TimePoint until) {
  while (!waiting_.empty() && waiting_.front().captured <= until) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    bytes_ -= next.frame.bytes.size();
    auto decoded = decoder_.decode(next.frame);
    if (!decoded) continue;
    decoded_ = std::move(decoded);
    picture_.view = decoded_->view();
    picture_.captured = next.captured;
    ++picture_.version;
  }
  return decoded_ ? &picture_ : nullptr;
}

}  // namespace plenum::egress
