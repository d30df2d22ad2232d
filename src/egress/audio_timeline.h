#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "egress/audio_block.h"
#include "egress/ffmpeg.h"
#include "egress/stream_clock.h"

namespace plenum::egress {

/// The decoded audio of one stream, waiting for its time, and played at it. Sound that joins is
/// played without a seam, a little faster or slower (at most 500 ppm) so that it stays where the
/// stream's clock says it was captured; sound after a gap, or out of place by more than 30 ms, is
/// placed anew. All seams are faded over 5 ms.
class AudioTimeline {
 public:
  static constexpr std::size_t kFade = 240;
  static constexpr Duration kMostOffPlace = 30ms;
  static constexpr int kMostPpm = 500;
  /// What is kept waiting, at most: 5 s.
  static constexpr std::size_t kCapacity = 5 * std::size_t(kAudioRate);

  struct Counters {
    std::uint64_t played = 0;     // samples
    std::uint64_t late = 0;       // samples that came after their time
    std::uint64_t discarded = 0;  // samples: repeated, too many or too far in the future
    std::uint64_t underruns = 0;  // sound went on, but came too late to be joined
    std::uint64_t placed = 0;     // beginnings
    std::uint64_t misplaced = 0;  // placed anew because the clock moved
  };

  /// `clock` outlives the time line.
  explicit AudioTimeline(const StreamClock& clock);

  /// In the order of the stream. `pcm` begins `offset` samples of 48 kHz after `timestamp`, which
  /// the clock has seen.
  void push(RtpTime timestamp, std::int64_t offset, Pcm pcm);
  /// What was captured from `at` on for 10 ms, and each time 10 ms later. False: silence, `out` is
  /// untouched.
  bool render(TimePoint at, AudioBlock& out);

  /// How far what is played is behind (positive) or ahead of its place; smoothed.
  Duration off_place() const { return Duration(-static_cast<std::int64_t>(error_us_)); }
  /// Samples that wait.
  std::size_t level() const { return level_; }
  const Counters& counters() const { return counters_; }

 private:
  struct Chunk {
    RtpTime timestamp;
    std::int64_t offset = 0;
    Pcm pcm;
    std::size_t used = 0;
    bool joins = false;  // the one before it
    std::size_t left() const { return pcm.size() - used; }
  };

  TimePoint capture_time(const Chunk& c) const;
  std::optional<std::size_t> begin(TimePoint at);
  bool skip_late(TimePoint at);
  void follow_clock(TimePoint at);
  void play(AudioBlock& out, std::size_t from);
  std::int64_t gap_before(RtpTime timestamp, std::int64_t offset) const;
  std::optional<std::size_t> resample(std::size_t count, AudioBlock& out, std::size_t at);
  std::size_t fetch(std::size_t most);
  bool sound_goes_on() const;
  std::size_t sound_left() const;
  void use(std::size_t samples);
  void drop_front();

  const StreamClock& clock_;
  Resampler resampler_;
  std::deque<Chunk> chunks_;
  std::size_t level_ = 0;
  std::optional<RtpTime> last_;  // pushed; its sound ends `last_end_` samples later
  std::int64_t last_end_ = 0;
  bool ran_dry_ = false;  // the last chunk was played to its end
  bool playing_ = false;
  bool fresh_ = false;    // the first chunk begins the sound that plays
  bool leaving_ = false;  // fading out to be placed anew
  float gain_ = 0;
  double error_us_ = 0;  // > 0: played too early
  Pcm scratch_;          // what goes to the resampler
  // Sound that always comes too late is better heard late than not at all.
  int late_points_ = 0;
  Duration postponed_{};
  TimePoint active_{};  // when something was last played or late
  Counters counters_;
};

}  // namespace plenum::egress
