#pragma once
#include <map>
#include <utility>

#include "control/world.h"

namespace plenum::control {

/// Keeps one relay per (track, other shard) as long as a subscriber there needs it.
class Relays {
 public:
  explicit Relays(World& world) : world_(world) {}
  void acquire(const Track& track, std::size_t encoding, ShardId to);
  void release(const Track& track, std::size_t encoding, ShardId to);

 private:
  World& world_;
  std::map<std::pair<TrackId, ShardId>, std::uint32_t> users_;
};

}  // namespace plenum::control
