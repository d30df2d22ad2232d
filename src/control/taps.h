#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "control/subscriptions.h"
#include "control/world.h"

namespace plenum::control {

/// Which tracks go to listeners outside the shards, with which of their simulcast layers. A track
/// is taken at its home shard; layers that are wanted so are kept alive (Dynacast).
class Taps {
 public:
  Taps(World& world, Subscriptions& subscriptions) : world_(world), subscriptions_(subscriptions) {}

  /// `sockets`: one for each shard, which takes it over.
  TapId open(const std::vector<int>& sockets);
  /// All that the tap gets from now on, with the layer of each; those below come too, for when the
  /// publisher does not send it. Tracks that do not exist are passed over.
  void set(TapId tap, const std::map<TrackId, std::uint8_t>& wanted, TimePoint now);
  void ask_key_frame(TapId tap, TrackId track, std::uint8_t layer);
  void close(TapId tap, TimePoint now);

 private:
  void tell(TapId tap, TrackId id, std::optional<std::uint8_t> layer, TimePoint now);

  World& world_;
  Subscriptions& subscriptions_;
  std::map<TapId, std::map<TrackId, std::uint8_t>> open_;
  std::uint64_t last_ = 0;
};

}  // namespace plenum::control
