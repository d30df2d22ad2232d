#pragma once
#include <vector>

#include "control/world.h"

namespace plenum::control {

/// Whom everybody should look at (videosdk-api 5.7), computed once for the room so that all clients
/// and the composer agree: the active speaker, the active presenter, and the main participant,
/// which is the presenter, else who speaks, else who spoke last and is still there, else who has
/// been there longest of those who send. Changes are reported as FocusChanged.
class FocusRules {
 public:
  explicit FocusRules(World& world) : world_(world) {}
  /// Looks at every room in which something happened (World::touched).
  void update(TimePoint now);

 private:
  void update(Room& room, TimePoint now);
  void choose_speaker(Room& room, TimePoint now);

  World& world_;
};

}  // namespace plenum::control
