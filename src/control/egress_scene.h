#pragma once
#include "control/egress_worker.h"
#include "control/room.h"

namespace plenum::control {

/// The room as a worker shows it: who is seen there, in order of joining, and their tracks.
EgressScene scene_of(const Room& room);

}  // namespace plenum::control
