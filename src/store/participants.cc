#include "store/participants.h"

#include <fmt/format.h>

#include <unordered_map>

namespace plenum::store {
namespace {

constexpr const char* kColumns =
    "session, participant_id, name, mode, device, init_time_s, joined_ms, present";

Participant read(const Row& row) {
  FieldReader r(row);
  Participant p;
  p.session = r.text();
  p.participant_id = r.text();
  p.name = r.text();
  p.mode = r.text();
  p.device = r.maybe_text();
  p.init_time_s = r.maybe_real();
  p.joined_ms = r.integer();
  p.present = r.boolean();
  return p;
}

/// Of one participant, and of one kind of stream: switching to and fro without end must not fill
/// the database.
constexpr std::int64_t kMaxStreams = 1000;
constexpr std::int64_t kMaxModeChanges = 1000;

/// Whether the session is the key's and runs. An event in it also proves that its server lives.
bool touch_session(Database& db, const std::string& api_key, const std::string& session,
                   std::int64_t at_ms) {
  return db.execute(
               "UPDATE sessions SET last_seen_ms = "
               "CASE WHEN last_seen_ms > $3 THEN last_seen_ms ELSE $3 END "
               "WHERE id = $1 AND api_key = $2 AND ended_ms IS NULL",
               {session, api_key, at_ms})
             .changed == 1;
}

/// nullopt when he is not in the session now.
std::optional<std::string> mode_while_present(Database& db, const ParticipantKey& who) {
  const Answer found = db.execute(
      "SELECT mode FROM participants "
      "WHERE session = $1 AND participant_id = $2 AND api_key = $3 AND present = 1",
      {who.session, who.participant_id, who.api_key});
  if (found.rows.empty()) return std::nullopt;
  return found.rows.front().text(0);
}

void end_stay(Database& db, const ParticipantKey& who, std::int64_t at_ms) {
  db.execute(
      "UPDATE stays SET end_ms = CASE WHEN start_ms > $4 THEN start_ms ELSE $4 END "
      "WHERE session = $1 AND participant_id = $2 AND api_key = $3 AND end_ms IS NULL",
      {who.session, who.participant_id, who.api_key, at_ms});
  db.execute(
      "UPDATE streams SET end_ms = CASE WHEN start_ms > $4 THEN start_ms ELSE $4 END "
      "WHERE session = $1 AND participant_id = $2 AND api_key = $3 AND end_ms IS NULL",
      {who.session, who.participant_id, who.api_key, at_ms});
}

void add_mode_change(Database& db, const ParticipantKey& who, const std::string& mode,
                     std::int64_t at_ms) {
  const Answer counted = db.execute(
      "SELECT count(*) FROM mode_changes "
      "WHERE session = $1 AND participant_id = $2 AND api_key = $3",
      {who.session, who.participant_id, who.api_key});
  if (counted.rows.front().integer(0) >= kMaxModeChanges) return;
  db.execute(
      "INSERT INTO mode_changes (session, participant_id, api_key, mode, at_ms) "
      "VALUES ($1, $2, $3, $4, $5)",
      {who.session, who.participant_id, who.api_key, mode, at_ms});
}

/// Reads the rows that hang on the participants of one page, with as many statements whatever the
/// page's size. `chosen` selects those participants and is used with the same parameters.
void read_children(Database& db, const std::string& chosen, std::span<const Param> params,
                   std::vector<Participant>& page) {
  std::unordered_map<std::string, Participant*> by_id;
  for (Participant& p : page) by_id.emplace(p.participant_id, &p);
  const auto each = [&](const char* columns, const char* table, auto add) {
    const std::string sql = fmt::format(
        "SELECT participant_id, {} FROM {} WHERE session = $1 AND api_key = $2 "
        "AND participant_id IN ({}) ORDER BY id",
        columns, table, chosen);
    for (const Row& row : db.execute(sql, params).rows)
      if (const auto found = by_id.find(row.text(0)); found != by_id.end())
        add(*found->second, FieldReader(row, 1));
  };
  each("start_ms, end_ms", "stays", [](Participant& p, FieldReader r) {
    p.stays.push_back({.start_ms = r.integer(), .end_ms = r.maybe_integer()});
  });
  each("kind, start_ms, end_ms", "streams", [](Participant& p, FieldReader r) {
    p.streams.push_back(
        {.kind = r.text(), .time = {.start_ms = r.integer(), .end_ms = r.maybe_integer()}});
  });
  each("mode, at_ms", "mode_changes", [](Participant& p, FieldReader r) {
    p.modes.push_back({.mode = r.text(), .at_ms = r.integer()});
  });
}

}  // namespace

bool participant_joined(Database& db, const Join& join) {
  if (!touch_session(db, join.api_key, join.session, join.at_ms)) return false;
  const ParticipantKey who{join.api_key, join.session, join.participant_id};
  const Answer before = db.execute(
      "SELECT mode FROM participants "
      "WHERE session = $1 AND participant_id = $2 AND api_key = $3",
      {join.session, join.participant_id, join.api_key});
  if (!before.rows.empty()) end_stay(db, who, join.at_ms);
  db.execute(
      "INSERT INTO participants (session, participant_id, api_key, name, mode, device, joined_ms, "
      "present) VALUES ($1, $2, $3, $4, $5, $6, $7, 1) "
      "ON CONFLICT (session, participant_id) DO UPDATE SET name = excluded.name, "
      "mode = excluded.mode, device = excluded.device, present = 1",
      {join.session, join.participant_id, join.api_key, join.name, join.mode, join.device,
       join.at_ms});
  db.execute(
      "INSERT INTO stays (session, participant_id, api_key, start_ms) VALUES ($1, $2, $3, $4)",
      {join.session, join.participant_id, join.api_key, join.at_ms});
  if (before.rows.empty() || before.rows.front().text(0) != join.mode)
    add_mode_change(db, who, join.mode, join.at_ms);
  return true;
}

bool participant_left(Database& db, const ParticipantKey& who, std::int64_t at_ms) {
  if (!touch_session(db, who.api_key, who.session, at_ms)) return false;
  const Answer left = db.execute(
      "UPDATE participants SET present = 0 "
      "WHERE session = $1 AND participant_id = $2 AND api_key = $3 AND present = 1",
      {who.session, who.participant_id, who.api_key});
  if (left.changed != 1) return false;
  end_stay(db, who, at_ms);
  return true;
}

bool stream_started(Database& db, const ParticipantKey& who, const std::string& kind,
                    std::int64_t at_ms) {
  if (!touch_session(db, who.api_key, who.session, at_ms)) return false;
  if (!mode_while_present(db, who)) return false;
  const Answer counted = db.execute(
      "SELECT count(*), count(*) - count(end_ms) FROM streams WHERE session = $1 "
      "AND participant_id = $2 AND api_key = $3 AND kind = $4",
      {who.session, who.participant_id, who.api_key, kind});
  const Row& streams = counted.rows.front();
  const std::int64_t all = streams.integer(0), running = streams.integer(1);
  if (running > 0 || all >= kMaxStreams) return false;
  db.execute(
      "INSERT INTO streams (session, participant_id, api_key, kind, start_ms) "
      "VALUES ($1, $2, $3, $4, $5)",
      {who.session, who.participant_id, who.api_key, kind, at_ms});
  return true;
}

bool stream_ended(Database& db, const ParticipantKey& who, const std::string& kind,
                  std::int64_t at_ms) {
  if (!touch_session(db, who.api_key, who.session, at_ms)) return false;
  return db.execute(
               "UPDATE streams SET end_ms = CASE WHEN start_ms > $5 THEN start_ms ELSE $5 "
               "END WHERE session = $1 AND participant_id = $2 AND api_key = $3 "
               "AND kind = $4 AND end_ms IS NULL",
               {who.session, who.participant_id, who.api_key, kind, at_ms})
             .changed > 0;
}

bool mode_changed(Database& db, const ParticipantKey& who, const std::string& mode,
                  std::int64_t at_ms) {
  if (!touch_session(db, who.api_key, who.session, at_ms)) return false;
  const auto before = mode_while_present(db, who);
  if (!before) return false;
  if (*before == mode) return true;
  db.execute(
      "UPDATE participants SET mode = $4 "
      "WHERE session = $1 AND participant_id = $2 AND api_key = $3",
      {who.session, who.participant_id, who.api_key, mode});
  add_mode_change(db, who, mode, at_ms);
  return true;
}

bool set_init_time(Database& db, const ParticipantKey& who, double seconds) {
  return db.execute(
               "UPDATE participants SET init_time_s = $4 WHERE session = $1 "
               "AND participant_id = $2 AND api_key = $3 AND present = 1",
               {who.session, who.participant_id, who.api_key, seconds})
             .changed == 1;
}

Page<Participant> list_participants(Database& db, const std::string& api_key,
                                    const std::string& session, Present present,
                                    const PageRequest& page) {
  const std::string where = fmt::format("session = $1 AND api_key = $2{}",
                                        present == Present::only ? " AND present = 1" : "");
  Page<Participant> result;
  result.total = db.execute(fmt::format("SELECT count(*) FROM participants WHERE {}", where),
                            {session, api_key})
                     .rows.front()
                     .integer(0);
  const std::string tail = fmt::format(
      "FROM participants WHERE {} ORDER BY joined_ms DESC, participant_id DESC LIMIT $3 OFFSET $4",
      where);
  const Param params[] = {session, api_key, page.per_page, page.offset()};
  for (const Row& row : db.execute(fmt::format("SELECT {} {}", kColumns, tail), params).rows)
    result.items.push_back(read(row));
  if (!result.items.empty())
    read_children(db, "SELECT participant_id " + tail, params, result.items);
  return result;
}

std::optional<Participant> find_participant(Database& db, const ParticipantKey& who) {
  const Param params[] = {who.session, who.api_key, who.participant_id};
  static const std::string kFind = fmt::format(
      "SELECT {} FROM participants WHERE session = $1 AND api_key = $2 AND participant_id = $3",
      kColumns);
  const Answer found = db.execute(kFind, params);
  if (found.rows.empty()) return std::nullopt;
  std::vector<Participant> one{read(found.rows.front())};
  read_children(db, "$3", params, one);
  return std::move(one.front());
}

}  // namespace plenum::store
