#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "control/egress_job.h"
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
struct ParticipantJoined {
  ClientInfo client{};
};
/// Media flows for the first time.
struct ParticipantActivated {};
struct ParticipantLeft {
  DisconnectReason reason = DisconnectReason::unknown;
  /// False: media never flowed.
  bool was_active = false;
  /// An app server removed it, and not somebody in the room.
  bool by_server_api = false;
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
/// What went over a participant's transports for some seconds, as the server saw it and as the
/// participant's receiver reports said.
struct TransportMeasured {
  /// One kind of media, all streams together.
  struct Media {
    /// Packets that never came: of those that the participant sent, and of those sent to it.
    std::int64_t send_lost = 0, receive_lost = 0;
    std::uint64_t send_bps = 0, receive_bps = 0;
    /// The worse direction, on average.
    Duration jitter{};
    /// Mean opinion score times 100, 100 … 450; 0 = there was no media of this kind.
    std::uint32_t mos_hundredths = 0;
  };
  Duration rtt{};
  Media audio{}, video{};
  /// Seconds of video that the participant was sent, by the smaller side: one for each of
  /// kWatchedSides.
  std::vector<std::uint32_t> watched_s;
};
inline constexpr std::array<std::uint32_t, 6> kWatchedSides{180, 360, 720, 1080, 1440, 2160};
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

/// A job over the room's media changed its state, or something else of it that is worth telling.
/// The room may be gone by then.
struct EgressChanged {
  EgressJob job;
  bool state_changed = true;
};

struct DomainEvent {
  using What =
      std::variant<RoomStarted, RoomFinished, ParticipantJoined, ParticipantActivated,
                   ParticipantLeft, TrackAdded, TrackRemoved, TrackMuteChanged, ModeChanged,
                   EntryRequested, EntryAnswered, MediaRequested, FocusChanged, RoomIdle,
                   EntryWithdrawn, TransportMeasured, EgressChanged>;

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
