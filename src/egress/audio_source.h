#pragma once
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "egress/audio_block.h"
#include "egress/audio_decoder.h"
#include "egress/audio_timeline.h"
#include "egress/stream_clock.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// One packet's audio, out of the jitter buffer.
struct AudioFrame {
  Bytes payload;
  RtpTime timestamp;
  /// Packets between the last frame and this one are lost for good.
  bool lost_before = false;
};

/// One audio track (RED, RFC 2198, already undone): its frames go in, in their order, and its sound
/// comes out at the time it was captured. What was lost is made up for 60 ms, then it is silence; a
/// pause is silence at once.
class AudioSource {
 public:
  static constexpr Duration kMostConcealed = 60ms;

  struct Counters {
    std::uint64_t frames = 0;
    std::uint64_t undecodable = 0;
    std::uint64_t concealed = 0;  // samples
  };

  /// `clock` outlives the source. Throws std::runtime_error if FFmpeg lacks the codec.
  AudioSource(const StreamClock& clock, codec::Codec codec);

  /// The clock has seen the packet before.
  void push(const AudioFrame& frame);
  /// From now on what comes in is not kept; what is waiting is still heard.
  void set_muted(bool muted) { muted_ = muted; }
  /// The sound captured within 10 ms from `at` on; called every 10 ms. False: silence, `out` is
  /// untouched.
  bool render(TimePoint at, AudioBlock& out);
  /// How loud the last block was: root of the mean square of its samples, 0 = silence.
  float level() const { return level_; }

  const Counters& counters() const { return counters_; }
  const AudioTimeline& timeline() const { return timeline_; }

 private:
  bool is_pause(Bytes payload) const;
  void pause();
  void handle_gap(const AudioFrame& frame);
  std::uint32_t ticks(std::size_t samples) const;

  codec::Codec codec_;
  std::uint32_t rate_;  // of the RTP clock, Hz
  AudioDecoder decoder_;
  AudioTimeline timeline_;
  std::optional<RtpTime> expected_;  // where the last frame ended
  bool paused_ = true;               // there is nothing to go on with
  bool muted_ = false;
  float level_ = 0;
  Counters counters_;
};

}  // namespace plenum::egress
