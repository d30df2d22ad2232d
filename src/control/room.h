#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "control/domain_events.h"
#include "control/participant.h"
#include "control/room_memory.h"

namespace plenum::control {

/// One room while it lives on this node. State only. Owned by World.
struct Room {
  RoomId id;
  std::string sid, name, metadata;
  /// Whose room it is: the key that opened it.
  std::string api_key;
  Duration empty_timeout = 300s;
  Duration departure_timeout = 20s;
  std::uint32_t max_participants = 0;
  std::int64_t creation_time_ms = 0;
  /// Appended to frames that the server makes up for encrypted tracks (livekit-wire 10).
  std::string sif_trailer;

  /// In order of joining.
  std::map<ParticipantId, std::unique_ptr<Participant>> participants;
  std::unordered_map<std::string, Participant*> by_identity;
  std::unordered_map<std::string, Track*> published;
  /// Jobs that record it now.
  int recordings = 0;
  /// Messages of the server API, as of one more sender.
  DataState api_data;
  /// What participants left for each other.
  RoomMemory memory;

  /// See FocusRules.
  struct Focus {
    ParticipantId speaker;
    /// Who is louder than the speaker, and since when.
    ParticipantId challenger;
    TimePoint leads_since{};
    Timers::Handle timer;
    /// Who spoke, the last one first.
    std::vector<ParticipantId> spoke;
    FocusChanged told;
  };
  Focus focus;

  /// Participants whose update waits to be sent with others, and when.
  std::vector<ParticipantId> batch;
  /// DISCONNECTED snapshots that wait in the same batch.
  std::vector<SnapshotPtr> batch_left;
  Timers::Handle batch_timer;
  /// Who left, for clients that resume and missed it.
  std::deque<std::pair<TimePoint, SnapshotPtr>> recently_left;
  /// When the newest of those left who are no longer in that list.
  std::optional<TimePoint> left_forgotten;
  /// Counts as last told, and when they may be told again.
  std::uint32_t told_participants = 0, told_publishers = 0;
  TimePoint counts_told_at{};
  Timers::Handle counts_timer;
  Timers::Handle idle_timer;

  Participant* find(std::string_view identity) const;
  RoomSnapshot snapshot() const;
  std::size_t counted() const;
};

}  // namespace plenum::control
