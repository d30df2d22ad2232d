#pragma once
#include "control/participants.h"

/// Where those wait who must ask to enter a room (videosdk-api 5.7, "entry request").
namespace plenum::control {

/// Whether somebody who must ask may wait. `old` is who is there under the same identity.
Status<JoinRefusal> check_lobby(const JoinRequest& request, const Room& room,
                                const Participant* old);
/// Takes away what it may do in the room; Participants::admit() knows from its rights.
void wait_in_lobby(Participant& p);
bool anybody_waits(const Room& room);
/// Nothing of what goes on in it.
RoomSnapshot seen_from_lobby(const Room& room);

}  // namespace plenum::control
