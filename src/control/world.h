#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "control/domain_events.h"
#include "control/placement.h"
#include "control/revocations.h"
#include "control/room.h"
#include "control/shards.h"
#include "control/timers.h"

namespace plenum::control {

struct Config {
  bool auto_create_rooms = true;
  Duration empty_timeout = 300s;
  Duration departure_timeout = 20s;
  std::uint32_t max_participants = 0;
  Placement::Policy placement = Placement::Policy::pack;
  /// Participants on one shard above which `pack` takes another one.
  std::uint32_t pack_limit = 500;
  std::size_t max_rooms = 100'000;

  /// Not ACTIVE for this long after the join: removed (livekit-wire 7.1).
  Duration join_timeout = 60s;
  /// How long a participant whose peer connection failed may take to resume.
  Duration resume_grace = 5s;
  /// How long a participant whose DTLS is closed may take to say goodbye.
  Duration closed_grace = 1s;
  /// How long a resumed participant's failed peer connection may take to come back.
  Duration recovery_timeout = 20s;
  /// How long a client may take to answer an offer, and to offer again for what it is to receive.
  Duration negotiation_timeout = 15s;
  Duration token_interval = 300s;
  /// Joins and leaves of participants who publish nothing are told in batches.
  Duration batch_interval = 200ms;
  Duration counts_interval = 5s;
  Duration not_found_timeout = 60s;
  Duration left_memory = 60s;
  /// A lost socket may have been dead for so long when that is noticed.
  Duration unnoticed_loss = 45s;
  Dynacast::Config dynacast{};
  Duration replay_age = 2s;
  std::size_t replay_bytes = 100'000;
  /// What a room, and what all rooms together, may remember for their participants.
  std::size_t room_memory_bytes = std::size_t{2} << 20;
  std::size_t memory_bytes = std::size_t{256} << 20;
  /// Whether ending the room takes the right to moderate.
  bool moderators_end = true;
};

/// All that the control thread knows, with the indexes to find it. The rules are in the classes
/// beside this one; each takes the World by reference.
struct World {
  World(Config c, std::uint32_t shard_count, Shards::Post post,
        std::function<std::int64_t()> wall_clock)
      : config(c),
        shards(shard_count, std::move(post)),
        placement(c.placement, shard_count, c.pack_limit),
        unix_ms(std::move(wall_clock)) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  struct TrackRef {
    Track* track = nullptr;
    std::size_t encoding = 0;
  };

  Config config;
  Timers timers;
  Shards shards;
  Placement placement;
  Revocations revocations;
  /// Milliseconds since 1970, only for what clients are shown and what tokens say.
  std::function<std::int64_t()> unix_ms;
  DomainObserver observer;
  /// Rooms in which something happened that may move the focus.
  std::set<std::string> touched;
  /// Of all rooms.
  std::size_t memory_bytes = 0;

  std::map<std::string, std::unique_ptr<Room>, std::less<>> rooms;
  std::unordered_map<ParticipantId, Participant*> participants;
  std::unordered_map<PeerId, Participant*> peers;
  std::unordered_map<TrackId, TrackRef> tracks;

  Participant* participant(ParticipantId id) const;
  Participant* by_peer(PeerId id) const;
  TrackRef track(TrackId id) const;
  Room* room(std::string_view name) const;
  /// Whether a token was revoked, by the identity it is used under or by its own.
  bool is_revoked(Revocations::Whom whom, const std::optional<std::string>& token_identity,
                  std::int64_t not_before) const;

  /// Tells the observer.
  void report(const Room& room, DomainEvent::What what) const;
  void report(Participant& p, DomainEvent::What what);
  /// Tells the observer, and before it what was measured since it was told last.
  void report_left(Participant& p, ParticipantLeft left);
  /// With its session a room forgets what participants left for each other.
  void forget(Room& room);

  RoomId new_room_id() { return RoomId(++last_room_); }
  ParticipantId new_participant_id() { return ParticipantId(++last_participant_); }
  PeerId new_peer_id() { return PeerId(++last_peer_); }
  TrackId new_track_id() { return TrackId(++last_track_); }
  std::uint64_t new_session() { return ++last_session_; }

 private:
  std::uint64_t last_room_ = 0, last_participant_ = 0, last_peer_ = 0, last_track_ = 0,
                last_session_ = 0;
};

}  // namespace plenum::control
