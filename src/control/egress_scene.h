#pragma once
#include "control/egress_worker.h"
#include "control/room.h"

namespace plenum::control {

/// The room as a worker shows it: who is seen there, in order of joining, and their tracks. With
/// subjects only they, and only while they have one of the tracks that are named. A subject without
/// identity is everybody, with or without those tracks.
EgressScene scene_of(const Room& room, const std::vector<EgressSubject>& subjects);

}  // namespace plenum::control
