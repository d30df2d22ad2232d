#pragma once
#include "load/link_model.h"

namespace plenum::impair {

/// The two directions of the one link that everything passes: `up` leads to the target.
struct Links {
  load::LinkModel up, down;
  load::LinkModel& towards(bool is_up) { return is_up ? up : down; }
};

}  // namespace plenum::impair
