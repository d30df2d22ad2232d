// How somebody who waits in the lobby comes into the room.
#include "control/participants.h"

namespace plenum::control {

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
  world_.report(p, ParticipantJoined{});
  if (p.state == ParticipantState::active) world_.report(p, ParticipantActivated{});
}

}  // namespace plenum::control
