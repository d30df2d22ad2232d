#include "store/sessions.h"

#include <fmt/format.h>

#include "store/filter.h"
#include "store/ids.h"
#include "store/rooms.h"

namespace plenum::store {
namespace {

constexpr const char* kSelect =
    "SELECT s.id, s.api_key, s.room, s.room_id, r.custom_room_id, s.livekit_sid, s.node, "
    "s.started_ms, s.ended_ms, s.end_reason, s.last_seen_ms "
    "FROM sessions s JOIN rooms r ON r.id = s.room";

Session read(const Row& row) {
  FieldReader r(row);
  return {.id = r.text(),
          .api_key = r.text(),
          .room = r.text(),
          .room_id = r.text(),
          .custom_room_id = r.maybe_text(),
          .livekit_sid = r.text(),
          .node = r.text(),
          .started_ms = r.integer(),
          .ended_ms = r.maybe_integer(),
          .end_reason = r.maybe_text(),
          .last_seen_ms = r.integer()};
}

std::optional<Session> first(const Answer& answer) {
  if (answer.rows.empty()) return std::nullopt;
  return read(answer.rows.front());
}

/// The open stays and streams end with their session, but not before they began.
void close_children(Database& db, const Session& session, std::int64_t at_ms) {
  db.execute(
      "UPDATE stays SET end_ms = CASE WHEN start_ms > $3 THEN start_ms ELSE $3 END "
      "WHERE session = $1 AND api_key = $2 AND end_ms IS NULL",
      {session.id, session.api_key, at_ms});
  db.execute(
      "UPDATE streams SET end_ms = CASE WHEN start_ms > $3 THEN start_ms ELSE $3 END "
      "WHERE session = $1 AND api_key = $2 AND end_ms IS NULL",
      {session.id, session.api_key, at_ms});
}

EndedSession close(Database& db, Session session, std::int64_t at_ms, const std::string& reason) {
  at_ms = std::max(at_ms, session.started_ms);
  EndedSession ended;
  const Answer present = db.execute(
      "UPDATE participants SET present = 0 WHERE session = $1 AND api_key = $2 AND present = 1 "
      "RETURNING participant_id, name",
      {session.id, session.api_key});
  for (const Row& row : present.rows)
    ended.left.push_back({.participant_id = row.text(0), .name = row.text(1)});
  close_children(db, session, at_ms);
  db.execute("UPDATE sessions SET ended_ms = $3, end_reason = $4 WHERE id = $1 AND api_key = $2",
             {session.id, session.api_key, at_ms, reason});
  session.ended_ms = at_ms;
  session.end_reason = reason;
  ended.session = std::move(session);
  return ended;
}

}  // namespace

StartedSession start_session(Database& db, Session session) {
  if (session.id.empty()) session.id = new_id(session.started_ms);
  const Answer room =
      db.execute("SELECT room_id, custom_room_id FROM rooms WHERE id = $1 AND api_key = $2",
                 {session.room, session.api_key});
  if (room.rows.empty())
    throw StoreError(StoreError::Kind::constraint, "a session needs a room of its own key");
  FieldReader r(room.rows.front());
  session.room_id = r.text();
  session.custom_room_id = r.maybe_text();
  session.last_seen_ms = session.started_ms;
  const Answer inserted = db.execute(
      "INSERT INTO sessions (id, api_key, room, room_id, livekit_sid, node, started_ms, "
      "last_seen_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
      "ON CONFLICT (room) WHERE ended_ms IS NULL DO NOTHING",
      {session.id, session.api_key, session.room, session.room_id, session.livekit_sid,
       session.node, session.started_ms, session.last_seen_ms});
  if (inserted.changed == 1) return {.session = std::move(session)};
  if (auto live = live_session(db, session.api_key, session.room_id))
    return {.session = std::move(*live), .is_new = false};
  throw StoreError(StoreError::Kind::unavailable, "the room's session ended meanwhile: try again");
}

std::optional<EndedSession> end_session(Database& db, const std::string& api_key,
                                        const std::string& session, std::int64_t at_ms,
                                        const std::string& reason) {
  auto found = find_session(db, api_key, session);
  if (!found || found->ended_ms) return std::nullopt;
  return close(db, std::move(*found), at_ms, reason);
}

void heartbeat(Database& db, const std::string& node, std::int64_t at_ms) {
  db.execute(
      "UPDATE sessions SET last_seen_ms = $2 "
      "WHERE node = $1 AND ended_ms IS NULL AND last_seen_ms < $2",
      {node, at_ms});
}

std::vector<EndedSession> close_dangling(Database& db, const std::string& node,
                                         const std::string& reason, std::int64_t limit) {
  static const std::string kOpen = fmt::format(
      "{} WHERE s.node = $1 AND s.ended_ms IS NULL ORDER BY s.started_ms, s.id LIMIT $2", kSelect);
  std::vector<EndedSession> ended;
  for (const Row& row : db.execute(kOpen, {node, limit}).rows) {
    Session session = read(row);
    const std::int64_t at_ms = session.last_seen_ms;
    ended.push_back(close(db, std::move(session), at_ms, reason));
  }
  return ended;
}

std::vector<Session> overdue_sessions(Database& db, const std::string& node, std::int64_t now_ms,
                                      std::int64_t limit) {
  static const std::string kOverdue = fmt::format(
      "{} WHERE s.node = $1 AND s.ended_ms IS NULL AND r.auto_close_duration_s > 0 "
      "AND s.started_ms + r.auto_close_duration_s * 1000 <= $2 ORDER BY s.started_ms LIMIT $3",
      kSelect);
  std::vector<Session> sessions;
  for (const Row& row : db.execute(kOverdue, {node, now_ms, limit}).rows)
    sessions.push_back(read(row));
  return sessions;
}

std::optional<Session> find_session(Database& db, const std::string& api_key,
                                    const std::string& session) {
  static const std::string kFind = fmt::format("{} WHERE s.id = $1 AND s.api_key = $2", kSelect);
  return first(db.execute(kFind, {session, api_key}));
}

std::optional<Session> live_session(Database& db, const std::string& api_key,
                                    const std::string& room_id) {
  static const std::string kFind =
      fmt::format("{} WHERE r.room_id = $1 AND s.api_key = $2 AND s.ended_ms IS NULL", kSelect);
  return first(db.execute(kFind, {room_id, api_key}));
}

Page<Session> list_sessions(Database& db, const std::string& api_key, const SessionFilter& wanted,
                            const PageRequest& page) {
  Filter filter(api_key);
  // Resolved first, so that the listing is one walk along an index.
  std::optional<Room> room, queried;
  if (wanted.room) {
    room = find_room(db, api_key, *wanted.room);
    if (!room) return {};
    filter.add("room = {0}", room->id);
  }
  if (wanted.query) {
    queried = find_room(db, api_key, *wanted.query);
    if (queried)
      filter.add("room = {0}", queried->id);
    else
      filter.add("id = {0}", *wanted.query);
  }
  if (wanted.status == SessionFilter::Status::ongoing) filter.add("ended_ms IS NULL");
  if (wanted.status == SessionFilter::Status::ended) filter.add("ended_ms IS NOT NULL");
  if (wanted.started_from_ms) filter.add("started_ms >= {0}", *wanted.started_from_ms);
  if (wanted.started_to_ms) filter.add("started_ms <= {0}", *wanted.started_to_ms);

  Page<Session> result;
  result.total = db.execute(fmt::format("SELECT count(*) FROM sessions WHERE {}", filter.where()),
                            filter.params())
                     .rows.front()
                     .integer(0);
  // The inner statement counts and skips in the index alone; whole rows are read for one page.
  const Window w = window(page, result.total);
  const Answer found = db.execute(
      fmt::format("{0} WHERE s.id IN (SELECT id FROM sessions WHERE {1} "
                  "ORDER BY started_ms {2}, id {2} LIMIT {3} OFFSET {4}) "
                  "ORDER BY s.started_ms DESC, s.id DESC",
                  kSelect, filter.where(), w.direction, filter.place(1), filter.place(2)),
      filter.params_and({w.limit, w.offset}));
  for (const Row& row : found.rows) result.items.push_back(read(row));
  return result;
}

}  // namespace plenum::store
