#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "store/database.h"
#include "store/page.h"

namespace plenum::store {

/// A room as its owner created it, whether somebody is in it or not. What is JSON stays text here:
/// only `api` reads it.
struct Room {
  /// 24 hex digits (new_id).
  std::string id;
  std::string api_key;
  /// `xxxx-xxxx-xxxx` (new_room_id), unique among the rooms that any tenant made: it is the room's
  /// name on the wire.
  std::string room_id;
  /// The owner's own name for it, unique among his rooms.
  std::optional<std::string> custom_room_id = std::nullopt;
  std::optional<std::string> geo_fence = std::nullopt;
  std::optional<std::string> webhook_endpoint = std::nullopt;
  std::string webhook_events = "[]";  // JSON
  std::string auto_close_type = "session-ends";
  /// From a session's start; 0 = never.
  std::int64_t auto_close_duration_s = 480 * 60;
  std::optional<std::string> auto_start = std::nullopt;  // JSON
  std::string multi_composition = "{}";                  // JSON
  std::string allowed_participant_ids = "[]";            // JSON; [] = everybody
  bool disabled = false;
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
  /// Made by the first join under a name that nobody made a room of: only there for its sessions,
  /// in no list, and the name is not taken for other tenants.
  bool implicit = false;

  friend bool operator==(const Room&, const Room&) = default;
};

struct CreatedRoom {
  Room room;
  /// False: a room with this custom_room_id was there and is returned unchanged.
  bool is_new = true;
};

/// Stores the room; empty `id` and `room_id` are filled in. Idempotent on (api_key,
/// custom_room_id), also when two connections try at once.
CreatedRoom create_room(Database& db, Room room);

/// By id, room_id or custom_room_id, in this order should a custom id look like another's room_id;
/// a room that a join made comes last.
std::optional<Room> find_room(Database& db, const std::string& api_key, const std::string& any_id);
/// By room_id only, for entry by the name on the wire.
std::optional<Room> find_room_by_room_id(Database& db, const std::string& api_key,
                                         const std::string& room_id);
/// Whose room this is; nullopt also for one that a join made. The only question about rooms without
/// an api key: for names on the wire, which all tenants share.
std::optional<std::string> owner_of_room(Database& db, const std::string& room_id);

/// Without those that a join made. `query` = exact room_id or custom_room_id.
Page<Room> list_rooms(Database& db, const std::string& api_key, const PageRequest& page,
                      const std::optional<std::string>& query = std::nullopt);

/// Answers the room as it is afterwards, nullopt when there is none; `id` as in find_room.
std::optional<Room> set_room_disabled(Database& db, const std::string& api_key,
                                      const std::string& any_id, bool disabled,
                                      std::int64_t now_ms);

}  // namespace plenum::store
