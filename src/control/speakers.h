#pragma once
#include "control/world.h"

namespace plenum::control {

/// Tells who speaks to the speaker itself and to those subscribed to its audio (livekit-wire 6.6).
/// The levels are computed on the shards; this only passes changes on.
class Speakers {
 public:
  explicit Speakers(World& world) : world_(world) {}
  void on_levels(const shard::Speakers& event);
  /// The audio track goes silent for good (unpublished) while its owner stays.
  void silence(Track& track);

 private:
  World& world_;
};

}  // namespace plenum::control
