#pragma once
#include <cstddef>
#include <deque>
#include <vector>

#include "egress/audio_source.h"
#include "egress/participant_clock.h"
#include "egress/stream_clock.h"

namespace plenum::egress {

/// The sound of a recorded file, as a source for the mixer. Its packets "arrive" at the very time
/// that the file gives them, so that its clock knows their place exactly.
class RecordedAudio {
 public:
  /// Throws std::runtime_error if FFmpeg lacks the codec.
  explicit RecordedAudio(codec::Codec codec)
      : clock_(participant_, codec::clock_rate(codec)), source_(clock_, codec) {}

  /// In the order of the file; what is decoded from it is to be heard at `at`.
  void push(std::vector<std::byte> packet, TimePoint at) {
    bytes_ += packet.size();
    waiting_.push_back({std::move(packet), at});
  }
  /// Decodes what is to be heard up to `until`, which grows.
  void advance(TimePoint until);
  AudioSource& source() { return source_; }
  bool is_empty() const { return waiting_.empty(); }
  /// Of what waits.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Waiting {
    std::vector<std::byte> packet;
    TimePoint at{};
  };

  ParticipantClock participant_;
  StreamClock clock_;
  AudioSource source_;
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace plenum::egress
