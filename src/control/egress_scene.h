#pragma once
#include <string>

#include "control/egress_worker.h"
#include "control/room.h"

namespace plenum::control {

/// The room as the job's worker shows it: who is seen there, in order of joining, and their tracks.
/// With subjects only they, and only while they have one of the tracks that are named; who is
/// copied is there without any too. A subject without identity is everybody, with or without those
/// tracks.
EgressScene scene_of(const Room& room, const EgressJob& job);

/// Whether a participant of that identity is seen in the room.
bool is_seen(const Room& room, const std::string& identity);

}  // namespace plenum::control
