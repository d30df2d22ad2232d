#pragma once
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "egress/audio_source.h"
#include "egress/picture.h"

namespace plenum::egress {

/// A picture of a track and when it was captured.
struct TimedPicture {
  PictureView view{};
  TimePoint captured{};
  /// Another for each picture of the track.
  std::uint64_t version = 0;
};

/// Where a Composer gets pictures and sound from: a live room or recorded files.
class MediaSource {
 public:
  virtual ~MediaSource() = default;
  /// The newest picture of a track that was captured up to `until`, which grows; null if there is
  /// none, or no such track. Valid until the next call for that track.
  virtual const TimedPicture* picture(std::uint64_t track, TimePoint until) = 0;
  /// Everything that sounds.
  virtual std::vector<AudioSource*> sources() = 0;
};

}  // namespace plenum::egress
