#pragma once
#include <memory>

#include "egress/audio_frames.h"
#include "egress/audio_source.h"

namespace plenum::egress {

/// One audio track: its packets go in, and its source is what the mixer takes. Sans-I/O.
class AudioInput {
 public:
  /// `clock` is shared by the tracks of a participant, which may outlive it by a moment. Throws
  /// std::runtime_error if FFmpeg lacks the codec.
  AudioInput(std::shared_ptr<ParticipantClock> clock, codec::Codec codec)
      : frames_(std::move(clock), codec), source_(frames_.clock(), codec) {}

  void handle_packet(MediaPacket packet, bool red, TimePoint now) {
    frames_.handle_packet(std::move(packet), red, now);
    feed();
  }
  void handle_sender_report(const SenderReport& report, TimePoint now) {
    frames_.handle_sender_report(report, now);
  }
  void set_muted(bool muted) { source_.set_muted(muted); }
  TimePoint next_timeout() const { return frames_.next_timeout(); }
  void handle_timeout(TimePoint now) {
    frames_.handle_timeout(now);
    feed();
  }

  AudioSource& source() { return source_; }

 private:
  void feed() {
    while (const auto f = frames_.pop())
      source_.push({.payload = f->frame.bytes,
                    .timestamp = f->frame.timestamp,
                    .lost_before = f->lost_before});
  }

  AudioFrames frames_;
  AudioSource source_;
};

}  // namespace plenum::egress
