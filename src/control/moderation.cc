#include "control/moderation.h"

#include <set>

namespace plenum::control {
namespace {

MoveRefusal move_refusal(JoinRefusal refusal) {
  switch (refusal) {
    case JoinRefusal::room_full:
      return MoveRefusal::room_full;
    case JoinRefusal::too_many_rooms:
      return MoveRefusal::too_many_rooms;
    case JoinRefusal::token_revoked:
      return MoveRefusal::token_revoked;
    case JoinRefusal::identity_taken:  // cannot be: whoever is moved replaces
    case JoinRefusal::room_not_found:
      break;
  }
  return MoveRefusal::room_not_found;
}

}  // namespace

Participant* Moderation::find(const std::string& room, const std::string& identity) const {
  const Room* r = world_.room(room);
  return r ? r->find(identity) : nullptr;
}

Result<RoomSnapshot, JoinRefusal> Moderation::create_room(const std::string& api_key,
                                                          const std::string& name,
                                                          const RoomSettings& settings,
                                                          TimePoint now) {
  if (Room* room = world_.room(name)) {
    if (room->api_key != api_key) return Err{JoinRefusal::room_not_found};
    rooms_.apply(*room, settings, now);
    return room->snapshot();
  }
  auto created = rooms_.create(api_key, name, settings);
  if (!created) return Err{created.error()};
  participants_.close_when_idle(**created, (*created)->empty_timeout, now);
  return (*created)->snapshot();
}

bool Moderation::is_foreign(const std::string& api_key, const std::string& room) const {
  const Room* r = world_.room(room);
  return r && r->api_key != api_key;
}

std::vector<RoomSnapshot> Moderation::list_rooms(const std::string& api_key,
                                                 const std::vector<std::string>& names) const {
  std::vector<RoomSnapshot> out;
  if (names.empty())
    for (const auto& [name, room] : world_.rooms)
      if (room->api_key == api_key) out.push_back(room->snapshot());
  for (const std::string& name : std::set<std::string>(names.begin(), names.end()))
    if (const Room* room = world_.room(name); room && room->api_key == api_key)
      out.push_back(room->snapshot());
  return out;
}

Status<Refusal> Moderation::delete_room(const std::string& room, TimePoint now,
                                        DisconnectReason reason) {
  Room* r = world_.room(room);
  if (!r) return Err{Refusal::not_found};
  participants_.close_room(*r, reason, now);
  return Ok{};
}

Result<RoomSnapshot, Refusal> Moderation::set_room_metadata(const std::string& room,
                                                            std::string metadata, TimePoint now) {
  Room* r = world_.room(room);
  if (!r) return Err{Refusal::not_found};
  if (metadata.size() > kMaxMetadataBytes) return Err{Refusal::limit_exceeded};
  rooms_.set_metadata(*r, std::move(metadata), now);
  return r->snapshot();
}

Result<std::vector<SnapshotPtr>, Refusal> Moderation::list_participants(
    const std::string& room) const {
  const Room* r = world_.room(room);
  if (!r) return Err{Refusal::not_found};
  std::vector<SnapshotPtr> out;
  for (const auto& [id, p] : r->participants) out.push_back(Updates::snapshot(*p));
  return out;
}

Result<SnapshotPtr, Refusal> Moderation::participant(const std::string& room,
                                                     const std::string& identity) const {
  Participant* p = find(room, identity);
  if (!p) return Err{Refusal::not_found};
  return Updates::snapshot(*p);
}

Status<Refusal> Moderation::remove_participant(const std::string& room, const std::string& identity,
                                               TimePoint now) {
  const Room* r = world_.room(room);
  if (!r || !participants_.remove(*r, identity, Participants::RemovedBy::server_api, now))
    return Err{Refusal::not_found};
  return Ok{};
}

void Moderation::revoke_tokens(const std::string& api_key, const std::string& room,
                               const std::string& identity, std::int64_t before) {
  world_.revocations.revoke({api_key, room, identity}, before, world_.unix_ms() / 1000);
}

Result<SnapshotPtr, Refusal> Moderation::update_participant(const std::string& room,
                                                            const std::string& identity,
                                                            const ProfileChange& change,
                                                            std::optional<Permissions> permissions,
                                                            TimePoint now) {
  Participant* p = find(room, identity);
  if (!p) return Err{Refusal::not_found};
  const bool changes_profile =
      !change.name.empty() || !change.metadata.empty() || !change.attributes.empty();
  if (changes_profile) {
    ProfileChange allowed = change;
    std::erase_if(allowed.attributes, [](const auto& a) { return is_reserved(a.first); });
    if (const auto changed = participants_.change_profile(*p, allowed); !changed)
      return Err{changed.error()};
  }
  if (!permissions) return Updates::snapshot(*p);
  const Rights before = p->rights;
  p->rights.publish = permissions->can_publish;
  p->rights.subscribe = permissions->can_subscribe;
  // Else the change of permissions brings a new token.
  if (p->rights != before && p->permissions == *permissions) p->emit(TokenDue{});
  if (p->waiting) {
    if (permissions->hidden) return Updates::snapshot(*p);
    world_.report(*p, EntryAnswered{true, ""});
    participants_.admit(*p, now);
  }
  participants_.set_permissions(*p, std::move(*permissions), now);
  return Updates::snapshot(*p);
}

Result<TrackDescription, Refusal> Moderation::mute_track(const std::string& room,
                                                         const std::string& identity,
                                                         const std::string& track_sid, bool muted,
                                                         TimePoint now) {
  Participant* p = find(room, identity);
  Track* track = p ? p->track(track_sid) : nullptr;
  if (!track) return Err{Refusal::not_found};
  if (track->description.muted && !muted) return Err{Refusal::not_allowed};
  if (muted) publications_.mute_remotely(*p, *track, now);
  return track->description;
}

Status<Refusal> Moderation::update_subscriptions(const std::string& room,
                                                 const std::string& identity,
                                                 const std::vector<std::string>& track_sids,
                                                 bool subscribe, TimePoint now) {
  Participant* p = find(room, identity);
  if (!p) return Err{Refusal::not_found};
  subscriptions_.set_wish(*p, track_sids, subscribe, now);
  return Ok{};
}

Status<Refusal> Moderation::send_data(const std::string& room, const RoutedData& data,
                                      bool reliable, TimePoint now) {
  Room* r = world_.room(room);
  if (!r) return Err{Refusal::not_found};
  return data_.send(*r, data, reliable, now);
}

Result<Room*, MoveRefusal> Moderation::destination_for(const Participant& p,
                                                       const std::string& name, TimePoint now) {
  JoinRequest as_if_joining;
  as_if_joining.api_key = p.room->api_key;
  as_if_joining.room = name;
  as_if_joining.identity = p.identity;
  as_if_joining.token_identity = p.token_identity;
  as_if_joining.permissions = p.permissions;
  as_if_joining.kind = p.kind;
  as_if_joining.token_not_before = world_.unix_ms() / 1000;  // it gets a new one
  if (const auto possible = participants_.check(as_if_joining); !possible)
    return Err{move_refusal(possible.error())};
  if (Room* room = world_.room(name)) return room;
  auto created = rooms_.create(as_if_joining.api_key, name, {});
  if (!created) return Err{move_refusal(created.error())};
  participants_.close_when_idle(**created, (*created)->empty_timeout, now);
  return *created;
}

Status<MoveRefusal> Moderation::move_participant(const std::string& room,
                                                 const std::string& identity,
                                                 const std::string& destination, TimePoint now) {
  Participant* p = find(room, identity);
  if (!p || p->waiting) return Err{MoveRefusal::participant_not_found};
  if (room == destination) return Err{MoveRefusal::same_room};
  if (!p->sink) return Err{MoveRefusal::not_connected};
  const auto to = destination_for(*p, destination, now);
  if (!to) return Err{to.error()};
  participants_.move(*p, **to, now);
  return Ok{};
}

Status<Refusal> Moderation::perform_rpc(const std::string& room, const std::string& identity,
                                        RpcRequest request, TimePoint now) {
  const Participant* p = find(room, identity);
  if (!p) return Err{Refusal::not_found};
  return data_.call(*p, std::move(request), now);
}

}  // namespace plenum::control
