#include "egress/audio_input.h"

#include <utility>

namespace plenum::egress {

AudioInput::AudioInput(std::shared_ptr<ParticipantClock> clock, codec::Codec codec)
    : participant_(std::move(clock)),
      clock_(*participant_, codec::clock_rate(codec)),
      source_(clock_, codec) {}

void AudioInput::handle_packet(MediaPacket packet, bool red, TimePoint now) {
  if (red != is_red_) {
    // A publisher decides at once for all packets; what waits was the other kind.
    handle_timeout(kNever);
    is_red_ = red;
  }
  clock_.handle_packet(packet.timestamp, packet.arrival);
  jitter_.push(std::move(packet));
  handle_timeout(now);
}

void AudioInput::handle_sender_report(const SenderReport& r, TimePoint now) {
  clock_.handle_sender_report(r.ntp, r.timestamp, now);
}

void AudioInput::handle_timeout(TimePoint now) {
  while (auto popped = jitter_.pop(now)) {
    const bool lost = popped->after_gap;
    AudioDepacketizer& depacketizer = is_red_ ? red_ : plain_;
    for (const EncodedFrame& frame : depacketizer.push(std::move(*popped)))
      source_.push({.payload = frame.bytes, .timestamp = frame.timestamp, .lost_before = lost});
  }
}

}  // namespace plenum::egress
