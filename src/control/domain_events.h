#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "control/mode.h"
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
/// The participant waits to be let in. It has not joined yet: ParticipantJoined follows, or it
/// leaves without ParticipantLeft.
struct EntryRequested {};
/// `by`: the identity of who answered.
struct EntryAnswered {
  bool allowed = false;
  std::string by;
};
/// Left the lobby without an answer.
struct EntryWithdrawn {};
struct ModeChanged {
  Mode mode = Mode::send_and_recv;
};
/// Somebody asks the participant to turn on its camera or microphone.
struct MediaRequested {
  TrackSource source = TrackSource::unknown;
  std::string by;
};
/// Whom everybody should look at (control/focus.h). Identities; empty = nobody.
struct FocusChanged {
  std::string speaker, presenter, main;
  friend bool operator==(const FocusChanged&, const FocusChanged&) = default;
};
/// Nobody has been in for as long as closes a room, but some wait to be let in.
struct RoomIdle {};
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
                            ParticipantLeft, TrackAdded, TrackRemoved, TrackMuteChanged,
                            ModeChanged, EntryRequested, EntryAnswered, MediaRequested,
                            FocusChanged, RoomIdle, EntryWithdrawn>;

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
