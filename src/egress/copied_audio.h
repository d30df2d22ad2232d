#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "egress/depacketizer_audio.h"
#include "egress/jitter_buffer.h"
#include "egress/participant_clock.h"
#include "egress/relay_reader.h"
#include "egress/stream_clock.h"
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
      : participant_(std::move(clock)), clock_(*participant_, 48'000) {}

  void handle_packet(MediaPacket packet, bool red, TimePoint now);
  void handle_sender_report(const SenderReport& report, TimePoint now);
  TimePoint next_timeout() const { return jitter_.next_timeout(); }
  /// kNever: nothing more is waited for.
  void handle_timeout(TimePoint now);

  /// What was captured up to `until`. Called late enough for the clock to be settled.
  std::vector<TimedFrame> take(TimePoint until);

 private:
  std::shared_ptr<ParticipantClock> participant_;
  StreamClock clock_;
  JitterBuffer jitter_;
  AudioDepacketizer plain_{false}, red_{true};
  bool is_red_ = false;
  std::deque<EncodedFrame> frames_;
};

}  // namespace plenum::egress
