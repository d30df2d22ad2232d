#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace plenum::sfu {

/// How loud one track is, from RFC 6464 levels. Over a window of 400 ms a packet counts as active
/// when it is louder than -35 dBov; the track speaks when 40 % of the window was active. The level
/// is then smoothed over intervals and quantised to eighths, so that it changes seldom.
class SpeechLevel {
 public:
  static constexpr std::uint8_t kActiveDbov = 35;
  static constexpr Duration kWindow = 400ms;

  /// One packet: its level and how long the audio in it lasts.
  void observe(std::uint8_t level_dbov, Duration duration);
  /// Ends a window. Returns the new smoothed level, 0…1; 0 = not speaking.
  float end_window();

 private:
  Duration active_{};
  Duration observed_{};
  std::uint8_t loudest_dbov_ = 127;
  float smoothed_ = 0;
};

/// Active speakers among the tracks at home on one shard. Sans-I/O; poll once per window.
class Speakers {
 public:
  struct Change {
    TrackId track;
    float level = 0;
    bool active = false;
  };
  void observe(TrackId track, std::uint8_t level_dbov, Duration duration) {
    tracks_[track].level.observe(level_dbov, duration);
  }
  /// Muted or gone: reported once as inactive if it was speaking.
  void silence(TrackId track);
  TimePoint next_timeout() const { return tracks_.empty() ? kNever : next_; }
  /// The tracks whose reported level changed, loudest first. Call once `now` reaches
  /// next_timeout().
  std::vector<Change> poll(TimePoint now);

 private:
  struct Entry {
    SpeechLevel level;
    float reported = 0;
    bool gone = false;
  };
  std::unordered_map<TrackId, Entry> tracks_;
  TimePoint next_{};
};

}  // namespace plenum::sfu
