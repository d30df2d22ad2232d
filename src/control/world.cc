#include "control/world.h"

#include <algorithm>
#include <utility>

#include "control/updates.h"

namespace plenum::control {

Track* Participant::track(std::string_view track_sid) const {
  for (const auto& t : tracks)
    if (t->sid() == track_sid) return t.get();
  return nullptr;
}

Mode Participant::mode() const {
  if (permissions.can_publish) return Mode::send_and_recv;
  return permissions.can_subscribe ? Mode::recv_only : Mode::signalling_only;
}

std::size_t Participant::pending_tracks() const {
  return static_cast<std::size_t>(
      std::count_if(tracks.begin(), tracks.end(), [](const auto& t) { return !t->published; }));
}

Participant* Room::find(std::string_view identity) const {
  const auto it = by_identity.find(std::string(identity));
  return it == by_identity.end() ? nullptr : it->second;
}

std::size_t Room::counted() const {
  return static_cast<std::size_t>(std::count_if(participants.begin(), participants.end(),
                                                [](const auto& p) { return p.second->counts(); }));
}

RoomSnapshot Room::snapshot() const {
  RoomSnapshot out{sid,
                   name,
                   metadata,
                   empty_timeout,
                   departure_timeout,
                   max_participants,
                   creation_time_ms,
                   0,
                   0,
                   recordings > 0};
  for (const auto& [key, p] : participants) {
    if (p->is_recorder()) out.active_recording = true;
    if (!p->visible()) continue;
    ++out.num_participants;
    if (p->is_publisher) ++out.num_publishers;
  }
  return out;
}

Participant* World::participant(ParticipantId id) const {
  const auto it = participants.find(id);
  return it == participants.end() ? nullptr : it->second;
}

Participant* World::by_peer(PeerId id) const {
  const auto it = peers.find(id);
  return it == peers.end() ? nullptr : it->second;
}

World::TrackRef World::track(TrackId id) const {
  const auto it = tracks.find(id);
  return it == tracks.end() ? TrackRef{} : it->second;
}

Room* World::room(std::string_view name) const {
  const auto it = rooms.find(name);
  return it == rooms.end() ? nullptr : it->second.get();
}

void World::report(const Room& room, DomainEvent::What what) const {
  if (observer) observer({room.api_key, room.snapshot(), nullptr, unix_ms(), std::move(what)});
}

void World::report(Participant& p, DomainEvent::What what) {
  touched.insert(p.room->name);
  if (!observer) return;
  observer({p.room->api_key, p.room->snapshot(), Updates::snapshot(p), unix_ms(), std::move(what)});
}

void World::report_left(Participant& p, ParticipantLeft left) {
  if (auto measured = p.measurement.take()) report(p, std::move(*measured));
  report(p, left);
}

void World::forget(Room& room) {
  memory_bytes -= std::exchange(room.memory.bytes, 0);
  room.memory.topics.clear();
  room.memory.values.clear();
}

bool World::is_revoked(Revocations::Whom whom, const std::optional<std::string>& token_identity,
                       std::int64_t not_before) const {
  const std::int64_t now = unix_ms() / 1000;
  if (revocations.is_revoked(whom, not_before, now)) return true;
  if (!token_identity) return false;
  whom.identity = *token_identity;
  return revocations.is_revoked(whom, not_before, now);
}

}  // namespace plenum::control
