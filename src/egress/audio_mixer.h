#pragma once
#include <cstdint>
#include <span>

#include "base/time.h"
#include "egress/audio_block.h"
#include "egress/audio_source.h"
#include "egress/soft_limiter.h"

namespace plenum::egress {

/// The sum of all sources, block by block. Its count of samples is the time of the sound track:
/// whatever the sources do, a block has 480 samples, and no timestamp is ever consulted.
class AudioMixer {
 public:
  /// The next block: what was captured from `at` on, which is the composition's time less its delay
  /// and grows by 10 ms a call. A reference to the mixer's own block, planar as AAC encoders take
  /// it (AV_SAMPLE_FMT_FLTP), valid until the next call.
  const AudioBlock& mix(std::span<AudioSource* const> sources, TimePoint at);
  /// Of the block after the last, in samples: the pts, in units of 1/48000 s.
  std::int64_t next_pts() const { return next_pts_; }

 private:
  AudioBlock mixed_, one_;
  SoftLimiter limiter_;
  std::int64_t next_pts_ = 0;
};

}  // namespace plenum::egress
