#pragma once
#include "control/world.h"

namespace plenum::control {

/// Who is told what about participants and rooms, and when (livekit-wire 6.8, 6.9). The only
/// place that numbers versions of a participant.
class Updates {
 public:
  explicit Updates(World& world) : world_(world) {}

  /// Something of `p` changed: itself is told at once, the others at once when it publishes and
  /// with the next batch otherwise.
  void changed(Participant& p, TimePoint now);
  /// As changed(), but everybody is told at once: metadata, permissions, tracks.
  void changed_now(Participant& p);
  /// `p` is new: the others learn of it with the next batch, itself from the answer to its join.
  void joined(Participant& p, TimePoint now);
  /// `p` stays but the others shall see it no longer.
  void hidden(Participant& p);
  /// `p` came from another room: it and the others are told at once.
  void moved_in(Participant& p);
  /// `p` is DISCONNECTED and about to be removed; its tracks are gone already.
  void left(Participant& p, TimePoint now);
  /// Sends what waits in the batch. Needed before anything that must not overtake it.
  void flush(Room& room);

  /// Metadata, recording flag: everybody at once.
  void room_changed(Room& room, TimePoint now);
  /// Numbers of participants and publishers may have changed: told at most every 5 s.
  void counts_changed(Room& room, TimePoint now);

  /// All that `receiver` may see of the others, those who left since `since` not included.
  static std::vector<SnapshotPtr> others(const Participant& receiver);
  static std::vector<SnapshotPtr> left_since(const Room& room, const Participant& receiver,
                                             TimePoint since);
  static SnapshotPtr snapshot(Participant& p);

 private:
  void tell_others(const Participant& about, const SnapshotPtr& snapshot);
  void schedule_batch(Room& room, TimePoint now);
  static void forget_batched(Room& room, ParticipantId id);
  World& world_;
};

}  // namespace plenum::control
