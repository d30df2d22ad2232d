#pragma once
#include <deque>
#include <memory>
#include <optional>

#include "egress/depacketizer_audio.h"
#include "egress/jitter_buffer.h"
#include "egress/participant_clock.h"
#include "egress/relay_reader.h"
#include "egress/stream_clock.h"

namespace plenum::egress {

/// One audio track before it is decoded: its packets, RED or not, go in; frames come out in order.
/// Sans-I/O.
class AudioFrames {
 public:
  struct Frame {
    EncodedFrame frame{};
    /// Something before it is missing.
    bool lost_before = false;
  };

  /// `clock` is shared by the tracks of a participant, which may outlive it by a moment.
  AudioFrames(std::shared_ptr<ParticipantClock> clock, codec::Codec codec)
      : participant_(std::move(clock)), clock_(*participant_, codec::clock_rate(codec)) {}

  void handle_packet(MediaPacket packet, bool red, TimePoint now);
  void handle_sender_report(const SenderReport& report, TimePoint now) {
    clock_.handle_sender_report(report.ntp, report.timestamp, now);
  }
  TimePoint next_timeout() const { return jitter_.next_timeout(); }
  /// kNever: nothing more is waited for.
  void handle_timeout(TimePoint now);
  /// In order; nullopt: none waits.
  std::optional<Frame> pop();

  StreamClock& clock() { return clock_; }

 private:
  std::shared_ptr<ParticipantClock> participant_;
  StreamClock clock_;
  JitterBuffer jitter_;
  AudioDepacketizer plain_{false}, red_{true};
  bool is_red_ = false;
  std::deque<Frame> frames_;
};

}  // namespace plenum::egress
