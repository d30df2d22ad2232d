#include "control/updates.h"

#include <algorithm>

namespace plenum::control {
namespace {

constexpr std::size_t kMaxRecentlyLeft = 1000;

void bump(Participant& p) {
  ++p.version;
  p.snapshot.reset();
}

/// What is kept of one who left: enough to be taken out of a list, not what it showed of itself.
SnapshotPtr farewell(const ParticipantSnapshot& last) {
  auto out = std::make_shared<ParticipantSnapshot>();
  out->sid = last.sid;
  out->identity = last.identity;
  out->name = last.name;
  out->state = last.state;
  out->version = last.version;
  out->joined_at_ms = last.joined_at_ms;
  out->kind = last.kind;
  out->disconnect_reason = last.disconnect_reason;
  return out;
}

}  // namespace

SnapshotPtr Updates::snapshot(Participant& p) {
  if (p.snapshot) return p.snapshot;
  auto out = std::make_shared<ParticipantSnapshot>();
  out->sid = p.sid;
  out->identity = p.identity;
  out->name = p.name;
  out->metadata = p.metadata;
  out->state = p.state;
  out->version = p.version;
  out->joined_at_ms = p.joined_at_ms;
  out->permissions = p.permissions;
  out->is_publisher = p.is_publisher;
  out->kind = p.kind;
  out->kind_details = p.kind_details;
  out->attributes = p.attributes;
  out->disconnect_reason = p.disconnect_reason;
  out->client_protocol = p.client.client_protocol;
  out->capabilities = p.client.capabilities;
  for (const auto& track : p.tracks)
    if (track->published) out->tracks.push_back(track->description);
  p.snapshot = std::move(out);
  return p.snapshot;
}

void Updates::changed(Participant& p, TimePoint now) {
  if (p.is_publisher) return changed_now(p);
  bump(p);
  p.emit(ParticipantsUpdated{{snapshot(p)}});
  joined(p, now);
}

void Updates::joined(Participant& p, TimePoint now) {
  if (!p.visible()) return;
  auto& batch = p.room->batch;
  if (std::find(batch.begin(), batch.end(), p.id) == batch.end()) batch.push_back(p.id);
  schedule_batch(*p.room, now);
}

void Updates::hidden(Participant& p) {
  forget_batched(*p.room, p.id);
  auto gone = std::make_shared<ParticipantSnapshot>(*snapshot(p));
  gone->state = ParticipantState::disconnected;
  gone->tracks.clear();
  tell_others(p, gone);
}

void Updates::changed_now(Participant& p) {
  bump(p);
  const SnapshotPtr s = snapshot(p);
  p.emit(ParticipantsUpdated{{s}});
  if (!p.visible()) return;
  // A DISCONNECTED that waits must not come after this: it may be of the same identity.
  if (!p.room->batch_left.empty()) flush(*p.room);
  forget_batched(*p.room, p.id);
  tell_others(p, s);
}

void Updates::moved_in(Participant& p) {
  bump(p);
  Room& room = *p.room;
  if (!room.batch_left.empty()) flush(room);
  p.emit(RoomMoved{room.snapshot(), snapshot(p), others(p)});
  if (p.visible()) tell_others(p, snapshot(p));
}

void Updates::left(Participant& p, TimePoint now) {
  const bool was_publisher = p.is_publisher;
  p.is_publisher = false;
  bump(p);
  Room& room = *p.room;
  forget_batched(room, p.id);
  if (!p.visible()) return;
  const SnapshotPtr s = snapshot(p);
  room.recently_left.emplace_back(now, farewell(*s));
  while (room.recently_left.size() > kMaxRecentlyLeft ||
         room.recently_left.front().first + world_.config.left_memory < now) {
    room.left_forgotten = room.recently_left.front().first;
    room.recently_left.pop_front();
  }
  if (was_publisher) {
    tell_others(p, s);
  } else {
    room.batch_left.push_back(s);
    schedule_batch(room, now);
  }
}

void Updates::flush(Room& room) {
  world_.timers.cancel(room.batch_timer);
  std::vector<SnapshotPtr> all = std::exchange(room.batch_left, {});
  const std::vector<ParticipantId> batch = std::exchange(room.batch, {});
  for (const ParticipantId id : batch)
    if (Participant* p = world_.participant(id)) all.push_back(snapshot(*p));
  if (all.empty()) return;
  for (const auto& [id, receiver] : room.participants) {
    if (!receiver->sink || receiver->waiting) continue;
    std::vector<SnapshotPtr> mine;
    for (const SnapshotPtr& s : all)
      if (s->sid != receiver->sid) mine.push_back(s);  // it was told at once
    if (!mine.empty()) receiver->emit(ParticipantsUpdated{std::move(mine)});
  }
}

void Updates::tell_others(const Participant& about, const SnapshotPtr& snapshot) {
  for (const auto& [id, receiver] : about.room->participants)
    if (id != about.id && !receiver->waiting) receiver->emit(ParticipantsUpdated{{snapshot}});
}

void Updates::schedule_batch(Room& room, TimePoint now) {
  if (room.batch_timer) return;
  room.batch_timer =
      world_.timers.at(now + world_.config.batch_interval, [this, name = room.name](TimePoint) {
        if (Room* r = world_.room(name)) flush(*r);
      });
}

void Updates::forget_batched(Room& room, ParticipantId id) { std::erase(room.batch, id); }

void Updates::room_changed(Room& room, TimePoint now) {
  world_.timers.cancel(room.counts_timer);
  const RoomSnapshot s = room.snapshot();
  room.told_participants = s.num_participants;
  room.told_publishers = s.num_publishers;
  room.counts_told_at = now;
  for (const auto& [id, receiver] : room.participants)
    if (!receiver->waiting) receiver->emit(RoomUpdated{s});
}

void Updates::counts_changed(Room& room, TimePoint now) {
  if (room.counts_timer) return;
  const TimePoint at = std::max(now, room.counts_told_at + world_.config.counts_interval);
  room.counts_timer = world_.timers.at(at, [this, name = room.name](TimePoint t) {
    Room* r = world_.room(name);
    if (!r) return;
    r->counts_timer = {};
    const RoomSnapshot s = r->snapshot();
    if (s.num_participants != r->told_participants || s.num_publishers != r->told_publishers)
      room_changed(*r, t);
  });
}

std::vector<SnapshotPtr> Updates::others(const Participant& receiver) {
  std::vector<SnapshotPtr> out;
  if (receiver.waiting) return out;
  for (const auto& [id, p] : receiver.room->participants)
    if (id != receiver.id && p->visible()) out.push_back(snapshot(*p));
  return out;
}

std::vector<SnapshotPtr> Updates::left_since(const Room& room, const Participant& receiver,
                                             TimePoint since) {
  std::vector<SnapshotPtr> out;
  if (receiver.waiting) return out;
  for (const auto& [at, s] : room.recently_left) {
    // Clients go by identity: whoever is back must not be removed by its own former DISCONNECTED.
    if (at >= since && s->sid != receiver.sid && !room.find(s->identity)) out.push_back(s);
  }
  return out;
}

}  // namespace plenum::control
