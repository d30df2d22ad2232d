#include "egress/recorded_audio.h"

#include <cstdint>
#include <utility>

#include "egress/audio_block.h"

namespace plenum::egress {
namespace {

/// AudioSource is given the time of what went into the encoder; Opus lets it out so much later.
constexpr Duration kOpusLookahead = samples_to_duration(312);

}  // namespace

void RecordedAudio::advance(TimePoint until) {
  for (; !waiting_.empty() && waiting_.front().at <= until; waiting_.pop_front()) {
    const Waiting& next = waiting_.front();
    bytes_ -= next.packet.size();
    const TimePoint captured = next.at + kOpusLookahead;
    const RtpTime timestamp(
        static_cast<std::uint32_t>(duration_to_samples(captured.time_since_epoch())));
    clock_.handle_packet(timestamp, captured);
    source_.push({.payload = next.packet, .timestamp = timestamp});
  }
}

}  // namespace plenum::egress
