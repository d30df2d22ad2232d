#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "control/types.h"

/// What happened in rooms, for whoever keeps history or tells others. Plain values that stay true
/// after the room has gone.
namespace plenum::control {

struct RoomStarted {};
struct RoomFinished {
  DisconnectReason reason = DisconnectReason::unknown;
};
/// Signalling is connected; media is not yet.
struct ParticipantJoined {};
/// Media flows for the first time.
struct ParticipantActivated {};
struct ParticipantLeft {
  DisconnectReason reason = DisconnectReason::unknown;
  /// False: media never flowed.
  bool was_active = false;
};
/// Others can see the track; it may be muted from the start.
struct TrackAdded {
  TrackDescription track;
};
struct TrackRemoved {
  TrackDescription track;
};
/// `track.muted` says which way.
struct TrackMuteChanged {
  TrackDescription track;
};

struct DomainEvent {
  using What = std::variant<RoomStarted, RoomFinished, ParticipantJoined, ParticipantActivated,
                            ParticipantLeft, TrackAdded, TrackRemoved, TrackMuteChanged>;

  /// Whose room it is.
  std::string api_key;
  /// After the event.
  RoomSnapshot room;
  /// Null for events of the room. Hidden participants and recorders are told of as well.
  SnapshotPtr participant;
  /// Milliseconds since 1970.
  std::int64_t at_ms = 0;
  What what;
};

/// Called on the control thread, in order; must not call back into control.
using DomainObserver = std::function<void(const DomainEvent&)>;

}  // namespace plenum::control
