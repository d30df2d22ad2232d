#pragma once
#include <memory>

#include "egress/audio_source.h"
#include "egress/depacketizer_audio.h"
#include "egress/jitter_buffer.h"
#include "egress/participant_clock.h"
#include "egress/relay_reader.h"
#include "egress/stream_clock.h"

namespace plenum::egress {

/// One audio track: its packets go in, and its source is what the mixer takes. Sans-I/O.
class AudioInput {
 public:
  /// `clock` is shared by the tracks of a participant, which may outlive it by a moment. Throws
  /// std::runtime_error if FFmpeg lacks the codec.
  AudioInput(std::shared_ptr<ParticipantClock> clock, codec::Codec codec);

  void handle_packet(MediaPacket packet, bool red, TimePoint now);
  void handle_sender_report(const SenderReport& report, TimePoint now);
  void set_muted(bool muted) { source_.set_muted(muted); }
  TimePoint next_timeout() const { return jitter_.next_timeout(); }
  void handle_timeout(TimePoint now);

  AudioSource& source() { return source_; }

 private:
  std::shared_ptr<ParticipantClock> participant_;
  StreamClock clock_;
  JitterBuffer jitter_;
  AudioDepacketizer plain_{false}, red_{true};
  bool is_red_ = false;
  AudioSource source_;
};

}  // namespace plenum::egress
