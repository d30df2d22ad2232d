#pragma once
#include "egress/audio_block.h"

namespace plenum::egress {

/// Keeps a mix within ±1.0 without the crackle of clipping: turns all down while it is too loud,
/// and up again within some 300 ms; what the turning down comes too late for is bent, not cut.
/// What stays within ±0.9 passes unchanged.
class SoftLimiter {
 public:
  static constexpr float kCeiling = 0.9f;

  void process(AudioBlock& block);
  /// 1.0: nothing is turned down.
  float gain() const { return gain_; }

 private:
  float gain_ = 1;
};

}  // namespace plenum::egress
