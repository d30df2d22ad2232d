#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "egress/audio_frames.h"
#include "egress/timed_frame.h"

namespace plenum::egress {

/// One Opus track that is copied: its packets go in, its frames come out in order with the time
/// they were captured. Sans-I/O.
class CopiedAudio {
 public:
  /// Frames that wait; ten times what the delay needs.
  static constexpr std::size_t kMaxWaiting = 500;

  /// `clock` is shared by the tracks of a participant.
  explicit CopiedAudio(std::shared_ptr<ParticipantClock> clock)
      : frames_(std::move(clock), codec::Codec::opus) {}

  void handle_packet(MediaPacket packet, bool red, TimePoint now) {
    frames_.handle_packet(std::move(packet), red, now);
    collect();
  }
  void handle_sender_report(const SenderReport& report, TimePoint now) {
    frames_.handle_sender_report(report, now);
  }
  TimePoint next_timeout() const { return frames_.next_timeout(); }
  /// kNever: nothing more is waited for.
  void handle_timeout(TimePoint now) {
    frames_.handle_timeout(now);
    collect();
  }

  /// What was captured up to `until`. Called late enough for the clock to be settled.
  std::vector<TimedFrame> take(TimePoint until);

 private:
  void collect();

  AudioFrames frames_;
  std::deque<EncodedFrame> waiting_;
};

}  // namespace plenum::egress
