#include "egress/audio_frames.h"

#include <utility>

namespace plenum::egress {

void AudioFrames::handle_packet(MediaPacket packet, bool red, TimePoint now) {
  if (red != is_red_) {
    // A publisher decides at once for all packets; what waits was the other kind.
    handle_timeout(kNever);
    is_red_ = red;
  }
  clock_.handle_packet(packet.timestamp, packet.arrival);
  jitter_.push(std::move(packet));
  handle_timeout(now);
}

void AudioFrames::handle_timeout(TimePoint now) {
  while (auto popped = jitter_.pop(now)) {
    const bool lost = popped->after_gap;
    AudioDepacketizer& depacketizer = is_red_ ? red_ : plain_;
    for (EncodedFrame& frame : depacketizer.push(std::move(*popped)))
      frames_.push_back({.frame = std::move(frame), .lost_before = lost});
  }
}

std::optional<AudioFrames::Frame> AudioFrames::pop() {
  if (frames_.empty()) return std::nullopt;
  Frame frame = std::move(frames_.front());
  frames_.pop_front();
  return frame;
}

}  // namespace plenum::egress
