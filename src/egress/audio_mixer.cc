#include "egress/audio_mixer.h"

#include <cmath>

namespace plenum::egress {
namespace {

/// Far louder than anything a decoder of sound mind gives; keeps hostile packets' infinities out.
constexpr float kLoudest = 16;

void add(std::array<float, kBlockSamples>& sum, const std::array<float, kBlockSamples>& more) {
  for (std::size_t i = 0; i < kBlockSamples; ++i)
    sum[i] += std::abs(more[i]) <= kLoudest ? more[i] : 0;  // false of NaN, too
}

}  // namespace

const AudioBlock& AudioMixer::mix(std::span<AudioSource* const> sources, TimePoint at) {
  mixed_.left.fill(0);
  mixed_.right.fill(0);
  for (AudioSource* source : sources) {
    if (!source->render(at, one_)) continue;
    add(mixed_.left, one_.left);
    add(mixed_.right, one_.right);
  }
  limiter_.process(mixed_);
  next_pts_ += kBlockSamples;
  return mixed_;
}

}  // namespace plenum::egress
