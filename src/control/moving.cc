// A participant changes rooms: the third part of Participants.
#include <utility>

#include "base/log.h"
#include "control/participants.h"

namespace plenum::control {

void Participants::move(Participant& p, Room& to, TimePoint now) {
  log::info("participant {} {} moves from room {} to {}", p.sid, p.identity, p.room->sid, to.sid);
  if (Participant* twin = to.find(p.identity))
    end(*twin, LeaveAction::disconnect, DisconnectReason::duplicate_identity, now);
  enter(take_out(p, now), to, now);
}

/// To those who stay it has left; its shard notices only that subscriptions end.
Participants::Moving Participants::take_out(Participant& p, TimePoint now) {
  Room& room = *p.room;
  subscriptions_.subscriber_removed(p, now);
  publications_.leave_room(p, now);
  Moving out;
  out.state = std::exchange(p.state, ParticipantState::disconnected);
  out.is_publisher = p.is_publisher;
  out.tracks = std::exchange(p.tracks, {});
  p.disconnect_reason = DisconnectReason::migration;
  if (room.find(p.identity) == &p) room.by_identity.erase(p.identity);
  out.node = room.participants.extract(p.id);
  updates_.left(p, now);
  world_.report_left(p, {p.disconnect_reason, out.state == ParticipantState::active});
  if (p.is_recorder()) updates_.room_changed(room, now);
  updates_.counts_changed(room, now);
  if (room.counted() == 0 && !room.idle_timer) close_when_idle(room, room.departure_timeout, now);
  return out;
}

void Participants::enter(Moving moving, Room& room, TimePoint now) {
  Participant& p = *moving.node.mapped();
  p.tracks = std::move(moving.tracks);
  p.state = moving.state;
  p.is_publisher = moving.is_publisher;
  p.disconnect_reason = DisconnectReason::unknown;
  p.joined_at = now;
  p.joined_at_ms = world_.unix_ms();
  p.data.sent.clear();  // what it said before is not for this room
  p.data.sent_bytes = 0;
  p.topics.clear();
  p.observed.clear();
  // Given by a token for the former room, or by somebody in it.
  p.rights.admit = p.rights.moderate = false;
  p.attributes.erase(kPinAttribute);
  p.attributes.erase(kPinnedByAttribute);
  p.room = &room;
  room.by_identity[p.identity] = &p;
  room.participants.insert(std::move(moving.node));
  if (p.counts()) world_.timers.cancel(room.idle_timer);
  // Before the first Subscribe: clients drop media of tracks that they have not been told of.
  updates_.moved_in(p);
  world_.report(p, ParticipantJoined{p.client});
  if (p.state == ParticipantState::active) world_.report(p, ParticipantActivated{});
  publications_.enter_room(p, now);
  subscriptions_.reconcile(p, now);
  if (p.is_recorder()) updates_.room_changed(room, now);
  updates_.counts_changed(room, now);
}

}  // namespace plenum::control
