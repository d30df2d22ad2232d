#include "store/rooms.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/ids.h"

namespace plenum::store {
namespace {

constexpr const char* kColumns =
    "id, api_key, room_id, custom_room_id, geo_fence, webhook_endpoint, webhook_events, "
    "auto_close_type, auto_close_duration_s, auto_start, multi_composition, "
    "allowed_participant_ids, disabled, created_ms, updated_ms, implicit";

Room read(const Row& row) {
  FieldReader r(row);
  return {.id = r.text(),
          .api_key = r.text(),
          .room_id = r.text(),
          .custom_room_id = r.maybe_text(),
          .geo_fence = r.maybe_text(),
          .webhook_endpoint = r.maybe_text(),
          .webhook_events = r.text(),
          .auto_close_type = r.text(),
          .auto_close_duration_s = r.integer(),
          .auto_start = r.maybe_text(),
          .multi_composition = r.text(),
          .allowed_participant_ids = r.text(),
          .disabled = r.boolean(),
          .created_ms = r.integer(),
          .updated_ms = r.integer(),
          .implicit = r.boolean()};
}

std::optional<Room> first(const Answer& answer) {
  if (answer.rows.empty()) return std::nullopt;
  return read(answer.rows.front());
}

bool insert(Database& db, const Room& room) {
  static const std::string kInsert = fmt::format(
      "INSERT INTO rooms ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
      "$15, $16) ON CONFLICT DO NOTHING",
      kColumns);
  return db.execute(kInsert, {room.id, room.api_key, room.room_id, room.custom_room_id,
                              room.geo_fence, room.webhook_endpoint, room.webhook_events,
                              room.auto_close_type, room.auto_close_duration_s, room.auto_start,
                              room.multi_composition, room.allowed_participant_ids, room.disabled,
                              room.created_ms, room.updated_ms, room.implicit})
             .changed == 1;
}

/// At most two rooms: one by its room_id, one by its custom id. As the list: none that a join made.
Page<Room> matching(Database& db, const std::string& api_key, const PageRequest& page,
                    const std::string& id) {
  static const std::string kMatching = fmt::format(
      "SELECT {0} FROM rooms WHERE api_key = $1 AND room_id = $2 AND implicit = 0 UNION "
      "SELECT {0} FROM rooms WHERE api_key = $1 AND custom_room_id = $2 "
      "ORDER BY created_ms DESC, id DESC",
      kColumns);
  const Answer found = db.execute(kMatching, {api_key, id});
  Page<Room> result;
  result.total = static_cast<std::int64_t>(found.rows.size());
  for (std::int64_t i = page.offset(); i < std::min(result.total, page.offset() + page.per_page);
       ++i)
    result.items.push_back(read(found.rows[static_cast<std::size_t>(i)]));
  return result;
}

}  // namespace

CreatedRoom create_room(Database& db, Room room) {
  static const std::string kByCustomId =
      fmt::format("SELECT {} FROM rooms WHERE api_key = $1 AND custom_room_id = $2", kColumns);
  const bool choose_id = room.id.empty(), choose_room_id = room.room_id.empty();
  // A second round only if the random ids were taken, which nobody has lived to see.
  for (int round = 0; round < 3; ++round) {
    if (choose_id) room.id = new_id(room.created_ms);
    if (choose_room_id) room.room_id = new_room_id();
    if (insert(db, room)) return {.room = std::move(room)};
    // The insert waited for whoever was creating the same room, so his row is to be seen now.
    if (room.custom_room_id)
      if (auto found = first(db.execute(kByCustomId, {room.api_key, room.custom_room_id})))
        return {.room = std::move(*found), .is_new = false};
  }
  throw StoreError(StoreError::Kind::constraint, "the room's id is taken");
}

std::optional<Room> find_room(Database& db, const std::string& api_key, const std::string& any_id) {
  // Three looks into three indexes; with OR, SQLite walks through all rooms of the key. A room that
  // a join made under somebody's custom id, before or after, does not stand before his own.
  static const std::string kFind = fmt::format(
      "SELECT {0}, 1 AS rank FROM rooms WHERE api_key = $1 AND id = $2 UNION ALL "
      "SELECT {0}, 2 + 2 * implicit AS rank FROM rooms WHERE api_key = $1 AND room_id = $2 UNION "
      "ALL "
      "SELECT {0}, 3 AS rank FROM rooms WHERE api_key = $1 AND custom_room_id = $2 "
      "ORDER BY rank LIMIT 1",
      kColumns);
  return first(db.execute(kFind, {api_key, any_id}));
}

std::optional<Room> find_room_by_room_id(Database& db, const std::string& api_key,
                                         const std::string& room_id) {
  static const std::string kFind =
      fmt::format("SELECT {} FROM rooms WHERE api_key = $1 AND room_id = $2", kColumns);
  return first(db.execute(kFind, {api_key, room_id}));
}

std::optional<std::string> owner_of_room(Database& db, const std::string& room_id) {
  const Answer found =
      db.execute("SELECT api_key FROM rooms WHERE room_id = $1 AND implicit = 0", {room_id});
  if (found.rows.empty()) return std::nullopt;
  return found.rows.front().text(0);
}

Page<Room> list_rooms(Database& db, const std::string& api_key, const PageRequest& page,
                      const std::optional<std::string>& query) {
  if (query) return matching(db, api_key, page, *query);
  Page<Room> result;
  result.total =
      db.execute("SELECT count(*) FROM rooms WHERE api_key = $1 AND implicit = 0", {api_key})
          .rows.front()
          .integer(0);
  // The inner statement skips in the index alone.
  const Window w = window(page, result.total);
  const Answer found = db.execute(
      fmt::format("SELECT {0} FROM rooms WHERE id IN (SELECT id FROM rooms WHERE api_key = $1 "
                  "AND implicit = 0 ORDER BY created_ms {1}, id {1} LIMIT $2 OFFSET $3) "
                  "ORDER BY created_ms DESC, id DESC",
                  kColumns, w.direction),
      {api_key, w.limit, w.offset});
  for (const Row& row : found.rows) result.items.push_back(read(row));
  return result;
}

std::optional<Room> set_room_disabled(Database& db, const std::string& api_key,
                                      const std::string& any_id, bool disabled,
                                      std::int64_t now_ms) {
  auto room = find_room(db, api_key, any_id);
  if (!room || room->disabled == disabled) return room;
  db.execute("UPDATE rooms SET disabled = $3, updated_ms = $4 WHERE api_key = $1 AND id = $2",
             {api_key, room->id, disabled, now_ms});
  room->disabled = disabled;
  room->updated_ms = now_ms;
  return room;
}

}  // namespace plenum::store
