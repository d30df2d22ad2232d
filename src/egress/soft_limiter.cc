#include "egress/soft_limiter.h"

#include <algorithm>
#include <cmath>

namespace plenum::egress {
namespace {

/// Down within 1 ms; up by a tenth of what is missing each block.
constexpr std::size_t kAttack = 48;
constexpr float kRelease = 0.1f, kDone = 0.999f;

float peak(const AudioBlock& b) {
  float most = 0;
  for (const float s : b.left) most = std::max(most, std::abs(s));
  for (const float s : b.right) most = std::max(most, std::abs(s));
  return most;
}

/// Continuous and smooth at the ceiling, never beyond 1.
float bend(float s) {
  constexpr float kRoom = 1 - SoftLimiter::kCeiling;
  const float over = std::abs(s) - SoftLimiter::kCeiling;
  if (!(over > 0)) return s;
  return std::copysign(std::min(1.f, SoftLimiter::kCeiling + kRoom * std::tanh(over / kRoom)), s);
}

}  // namespace

void SoftLimiter::process(AudioBlock& block) {
  const float loudest = peak(block);
  if (gain_ == 1 && loudest <= kCeiling) return;
  const float allowed = loudest > kCeiling ? kCeiling / loudest : 1;
  float target = std::min(allowed, gain_ + (1 - gain_) * kRelease);
  if (target > kDone && allowed == 1) target = 1;
  const std::size_t ramp = target < gain_ ? kAttack : kBlockSamples;
  for (std::size_t i = 0; i < kBlockSamples; ++i) {
    const float t = i < ramp ? static_cast<float>(i) / static_cast<float>(ramp) : 1;
    const float g = gain_ + (target - gain_) * t;
    block.left[i] = bend(block.left[i] * g);
    block.right[i] = bend(block.right[i] * g);
  }
  gain_ = target;
}

}  // namespace plenum::egress
