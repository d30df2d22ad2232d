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
  /// For tests of clients: tells `p`, and nobody else, that it speaks for so long.
  void simulate(const Participant& p, Duration length, TimePoint now);

 private:
  World& world_;
};

/// How `receiver` hears `speaker`: clients know one level a participant, so it is the loudest of
/// those of its tracks that they get. The speaker itself hears all of them.
SpeakersChanged::Entry heard(const Participant& speaker, const Participant& receiver);

}  // namespace plenum::control
