#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/data.h"
#include "control/participants.h"
#include "control/publications.h"
#include "control/rooms.h"
#include "control/subscriptions.h"

namespace plenum::control {

enum class MoveRefusal : std::uint8_t {
  participant_not_found,
  /// Its client could not be told.
  not_connected,
  same_room,
  room_not_found,
  room_full,
  too_many_rooms,
  /// Its tokens for that room are revoked.
  token_revoked,
};

/// What an administrator may do to rooms and participants (livekit-wire 8): the functions behind
/// the server APIs. All by name; a room or participant that is not there is Refusal::not_found.
class Moderation {
 public:
  Moderation(World& world, Rooms& rooms, Participants& participants, Publications& publications,
             Subscriptions& subscriptions, DataRouter& data)
      : world_(world),
        rooms_(rooms),
        participants_(participants),
        publications_(publications),
        subscriptions_(subscriptions),
        data_(data) {}

  /// An existing room of the key takes over the settings that are present.
  Result<RoomSnapshot, JoinRefusal> create_room(const std::string& api_key, const std::string& name,
                                                const RoomSettings& settings, TimePoint now);
  /// True for a room that lives and is of another key: this key's calls must not see it.
  bool is_foreign(const std::string& api_key, const std::string& room) const;
  /// All rooms of the key, or those of the given names.
  std::vector<RoomSnapshot> list_rooms(const std::string& api_key,
                                       const std::vector<std::string>& names) const;
  Status<Refusal> delete_room(const std::string& room, TimePoint now,
                              DisconnectReason reason = DisconnectReason::room_deleted);
  Result<RoomSnapshot, Refusal> set_room_metadata(const std::string& room, std::string metadata,
                                                  TimePoint now);

  Result<std::vector<SnapshotPtr>, Refusal> list_participants(const std::string& room) const;
  Result<SnapshotPtr, Refusal> participant(const std::string& room,
                                           const std::string& identity) const;
  /// With it go the further connections that its token opened.
  Status<Refusal> remove_participant(const std::string& room, const std::string& identity,
                                     TimePoint now);
  /// Tokens of `identity` for `room` that are valid since before `before` (Unix seconds) open it no
  /// longer. Needs neither to exist; does not end a session.
  void revoke_tokens(const std::string& api_key, const std::string& room,
                     const std::string& identity, std::int64_t before);
  /// `permissions` replaces the whole set, and no mode gives more from then on; who waits in the
  /// lobby is let in by those that do not hide it. Reserved attributes stay as they are.
  Result<SnapshotPtr, Refusal> update_participant(const std::string& room,
                                                  const std::string& identity,
                                                  const ProfileChange& change,
                                                  std::optional<Permissions> permissions,
                                                  TimePoint now);
  /// Refusal::not_allowed for unmuting: only people open their own microphones.
  Result<TrackDescription, Refusal> mute_track(const std::string& room, const std::string& identity,
                                               const std::string& track_sid, bool muted,
                                               TimePoint now);
  Status<Refusal> update_subscriptions(const std::string& room, const std::string& identity,
                                       const std::vector<std::string>& track_sids, bool subscribe,
                                       TimePoint now);
  /// Refusal::limit_exceeded for what would not fit a client's channel.
  Status<Refusal> send_data(const std::string& room, const RoutedData& data, bool reliable,
                            TimePoint now);
  /// Opens the other room if need be; whoever has the identity there is replaced.
  Status<MoveRefusal> move_participant(const std::string& room, const std::string& identity,
                                       const std::string& destination, TimePoint now);
  /// Calls a method of the participant; the answer comes later. Refusal::limit_exceeded also when
  /// too many calls wait.
  Status<Refusal> perform_rpc(const std::string& room, const std::string& identity,
                              RpcRequest request, TimePoint now);

 private:
  Result<Room*, MoveRefusal> destination_for(const Participant& p, const std::string& name,
                                             TimePoint now);
  Participant* find(const std::string& room, const std::string& identity) const;

  World& world_;
  Rooms& rooms_;
  Participants& participants_;
  Publications& publications_;
  Subscriptions& subscriptions_;
  DataRouter& data_;
};

}  // namespace plenum::control
