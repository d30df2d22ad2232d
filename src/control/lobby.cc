#include "control/lobby.h"

#include <algorithm>

namespace plenum::control {
namespace {

/// In one room.
constexpr std::ptrdiff_t kMaxWaiting = 100;

}  // namespace

Status<JoinRefusal> check_lobby(const JoinRequest& request, const Room& room,
                                const Participant* old) {
  // Nobody is pushed out by somebody who has not been let in; a lost connection may be its own.
  if (old && !old->waiting && old->sink) return Err{JoinRefusal::identity_taken};
  const auto waiting =
      std::ranges::count_if(room.participants, [](const auto& p) { return p.second->waiting; });
  const bool has_place = old && old->waiting;
  if (request.token_identity || (waiting >= kMaxWaiting && !has_place))
    return Err{JoinRefusal::room_full};
  return Ok{};
}

void wait_in_lobby(Participant& p) {
  p.attributes[kLobbyAttribute] = "waiting";
  p.permissions.can_subscribe = false;
  p.permissions.can_publish = false;
  p.permissions.can_publish_data = false;
  p.permissions.hidden = true;
}

bool anybody_waits(const Room& room) {
  return std::ranges::any_of(room.participants, [](const auto& p) { return p.second->waiting; });
}

RoomSnapshot seen_from_lobby(const Room& room) {
  RoomSnapshot out;
  out.sid = room.sid;
  out.name = room.name;
  out.creation_time_ms = room.creation_time_ms;
  return out;
}

void Participants::admit(Participant& p, TimePoint now) {
  const auto asked = p.attributes.find(kModeAttribute);
  const Mode mode = asked == p.attributes.end()
                        ? Mode::send_and_recv
                        : mode_from(asked->second).value_or(Mode::send_and_recv);
  p.waiting = false;
  p.joined_at = now;
  p.joined_at_ms = world_.unix_ms();
  p.attributes.erase(kLobbyAttribute);
  // Before the first Subscribe: clients drop media of tracks that they have not been told of.
  const std::vector<SnapshotPtr> others = Updates::others(p);
  if (!others.empty()) p.emit(ParticipantsUpdated{others});
  p.emit(RoomUpdated{p.room->snapshot()});

  Permissions permissions = p.permissions;
  permissions.hidden = false;
  permissions.can_publish_data = true;
  permissions.can_publish = mode == Mode::send_and_recv && p.rights.publish;
  permissions.can_subscribe = mode != Mode::signalling_only && p.rights.subscribe;
  set_permissions(p, std::move(permissions), now);
  world_.report(p, ParticipantJoined{p.client});
  if (p.state == ParticipantState::active) world_.report(p, ParticipantActivated{});
}

/// Whoever may let in those who wait can still come.
void Participants::end_call(Room& room, TimePoint now) {
  std::vector<ParticipantId> left_over;  // recorders and agents
  for (const auto& [id, p] : room.participants)
    if (!p->waiting) left_over.push_back(id);
  for (const ParticipantId id : left_over)
    end(*world_.participant(id), LeaveAction::disconnect, DisconnectReason::room_closed, now);
  world_.timers.cancel(room.idle_timer);  // the end of the last who waits sets it again
  world_.forget(room);
  world_.report(room, RoomIdle{});
}

}  // namespace plenum::control
