#include "egress/copied_audio.h"

#include <utility>

namespace plenum::egress {

void CopiedAudio::handle_packet(MediaPacket packet, bool red, TimePoint now) {
  if (red != is_red_) {
    // A publisher decides at once for all packets; what waits was the other kind.
    handle_timeout(kNever);
    is_red_ = red;
  }
  clock_.handle_packet(packet.timestamp, packet.arrival);
  jitter_.push(std::move(packet));
  handle_timeout(now);
}

void CopiedAudio::handle_sender_report(const SenderReport& r, TimePoint now) {
  clock_.handle_sender_report(r.ntp, r.timestamp, now);
}

void CopiedAudio::handle_timeout(TimePoint now) {
  while (auto popped = jitter_.pop(now)) {
    AudioDepacketizer& depacketizer = is_red_ ? red_ : plain_;
    for (EncodedFrame& frame : depacketizer.push(std::move(*popped)))
      frames_.push_back(std::move(frame));
  }
  // A clock that runs wild: the newest are kept.
  while (frames_.size() > kMaxWaiting) frames_.pop_front();
}

std::vector<TimedFrame> CopiedAudio::take(TimePoint until) {
  std::vector<TimedFrame> taken;
  while (!frames_.empty()) {
    const TimePoint captured = clock_.capture_time(frames_.front().timestamp);
    if (captured > until) break;
    taken.push_back({.frame = std::move(frames_.front()), .captured = captured});
    frames_.pop_front();
  }
  return taken;
}

}  // namespace plenum::egress
