#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace plenum::egress {

/// All audio between the decoders and the encoder: 48 kHz, stereo, planar float, 1.0 = full scale.
inline constexpr int kAudioRate = 48'000;
inline constexpr std::size_t kBlockSamples = 480;
inline constexpr Duration kBlockDuration = 10ms;

/// Decoded audio of any length; both sides are equally long.
struct Pcm {
  std::vector<float> left, right;
  std::size_t size() const { return left.size(); }
};

/// What is mixed and encoded at a time: 10 ms.
struct AudioBlock {
  std::array<float, kBlockSamples> left{}, right{};
};

/// To the nearest microsecond.
constexpr Duration samples_to_duration(std::int64_t samples) {
  return Duration((samples * 125 + (samples >= 0 ? 3 : -3)) / 6);
}
/// To the nearest sample.
constexpr std::int64_t duration_to_samples(Duration d) {
  return (d.count() * 6 + (d.count() >= 0 ? 62 : -62)) / 125;
}

}  // namespace plenum::egress
