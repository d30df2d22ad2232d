#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "control/updates.h"
#include "control/world.h"

namespace plenum::control {

enum class JoinRefusal : std::uint8_t {
  /// Also when a room of this name belongs to another key.
  room_not_found,
  room_full,
  too_many_rooms,
  token_revoked,
  /// Somebody is there under it whom this token must not replace.
  identity_taken,
};

/// Finds and makes rooms and applies their settings (livekit-wire 8.6). When they end is decided
/// in Participants.
class Rooms {
 public:
  Rooms(World& world, Updates& updates) : world_(world), updates_(updates) {}

  Result<Room*, JoinRefusal> create(const std::string& api_key, const std::string& name,
                                    const RoomSettings& settings);
  void apply(Room& room, const RoomSettings& settings, TimePoint now);
  void set_metadata(Room& room, std::string metadata, TimePoint now);
  /// The room must be empty.
  void erase(Room& room, DisconnectReason reason);

 private:
  World& world_;
  Updates& updates_;
};

}  // namespace plenum::control
