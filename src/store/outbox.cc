#include "store/outbox.h"

#include <fmt/format.h>

#include "store/delivery_rows.h"

namespace plenum::store {
namespace {

/// RFC 9110 15.5.11: the receiver is no longer there, and will not come back.
constexpr std::int64_t kGone = 410;

struct Queue {
  std::string api_key, endpoint, order_key;
};

/// Moves a delivery out of the queue's head. nullopt when it was not pending.
std::optional<Queue> finish(Database& db, const Attempt& a, const char* state) {
  const Answer found = db.execute(
      "UPDATE deliveries SET state = $3, attempts = attempts + 1, last_status = $4, "
      "last_error = $5, finished_ms = $6 WHERE id = $1 AND api_key = $2 AND state = 'pending' "
      "RETURNING endpoint, order_key",
      {a.delivery, a.api_key, state, a.status, a.error, a.at_ms});
  if (found.rows.empty()) return std::nullopt;
  return Queue{a.api_key, found.rows.front().text(0), found.rows.front().text(1)};
}

/// Ready for the next delivery, or gone if there is none. The first statement takes the row's lock,
/// so the second sees what anyone has put meanwhile: an event never lands in a queue that vanishes.
void advance(Database& db, const Queue& q, std::int64_t now_ms) {
  db.execute(
      "UPDATE delivery_queues SET next_attempt_ms = $4 "
      "WHERE api_key = $1 AND endpoint = $2 AND order_key = $3",
      {q.api_key, q.endpoint, q.order_key, now_ms});
  db.execute(
      "DELETE FROM delivery_queues WHERE api_key = $1 AND endpoint = $2 AND order_key = $3 "
      "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE api_key = $1 AND endpoint = $2 "
      "AND order_key = $3 AND state = 'pending')",
      {q.api_key, q.endpoint, q.order_key});
}

/// The room's endpoint wants no more events; it stays there, for its dead letters. The order key of
/// an event is the sid of its room.
void silence_room(Database& db, const Queue& q) {
  db.execute(
      "UPDATE rooms SET webhook_events = '[]' WHERE api_key = $1 AND webhook_endpoint = $2 "
      "AND webhook_events <> '[]' AND EXISTS (SELECT 1 FROM sessions WHERE sessions.api_key = $1 "
      "AND sessions.room = rooms.id AND sessions.livekit_sid = $3)",
      {q.api_key, q.endpoint, q.order_key});
}

}  // namespace

std::string_view family_name(Family family) {
  return family == Family::videosdk ? "videosdk" : "livekit";
}

Delivery read_delivery(FieldReader& r) {
  Delivery d;
  d.id = r.integer();
  d.target.endpoint = r.text();
  d.target.family = r.text() == family_name(Family::livekit) ? Family::livekit : Family::videosdk;
  d.target.job = r.maybe_text();
  d.attempts = r.integer();
  d.last_status = r.maybe_integer();
  d.last_error = r.maybe_text();
  d.event.event_id = r.text();
  d.event.api_key = r.text();
  d.event.order_key = r.text();
  d.event.type = r.text();
  d.event.body = r.bytes();
  d.event.created_ms = r.integer();
  return d;
}

void wake_queue(Database& db, std::string_view api_key, std::string_view endpoint,
                std::string_view order_key, std::int64_t at_ms) {
  db.execute(
      "INSERT INTO delivery_queues (api_key, endpoint, order_key, next_attempt_ms) "
      "VALUES ($1, $2, $3, $4) ON CONFLICT (api_key, endpoint, order_key) "
      "DO UPDATE SET next_attempt_ms = delivery_queues.next_attempt_ms",
      {api_key, endpoint, order_key, at_ms});
}

void put_event(Database& db, const OutboxEvent& event, std::span<const Target> targets) {
  if (targets.empty()) return;
  const Answer inserted = db.execute(
      "INSERT INTO outbox_events (event_id, api_key, order_key, type, body, created_ms) "
      "VALUES ($1, $2, $3, $4, $5, $6) RETURNING seq",
      {event.event_id, event.api_key, event.order_key, event.type, event.body, event.created_ms});
  const std::int64_t seq = inserted.rows.front().integer(0);
  for (const Target& target : targets) {
    // The queue first: its lock keeps numbers in the order of commits.
    wake_queue(db, event.api_key, target.endpoint, event.order_key, event.created_ms);
    db.execute(
        "INSERT INTO deliveries (event, api_key, endpoint, order_key, family, job, state, "
        "attempts) "
        "VALUES ($1, $2, $3, $4, $5, $6, 'pending', 0)",
        {seq, event.api_key, target.endpoint, event.order_key, family_name(target.family),
         target.job});
  }
}

std::vector<DueEndpoint> due_endpoints(Database& db, std::int64_t now_ms, std::int64_t limit) {
  const Answer found = db.execute(
      "SELECT api_key, endpoint FROM delivery_queues WHERE next_attempt_ms <= $1 "
      "GROUP BY api_key, endpoint ORDER BY min(next_attempt_ms) LIMIT $2",
      {now_ms, limit});
  std::vector<DueEndpoint> due;
  for (const Row& row : found.rows)
    due.push_back({.api_key = row.text(0), .endpoint = row.text(1)});
  return due;
}

std::optional<std::int64_t> next_due_ms(Database& db) {
  const Answer found = db.execute("SELECT min(next_attempt_ms) FROM delivery_queues");
  return FieldReader(found.rows.front()).maybe_integer();
}

std::int64_t count_pending(Database& db) {
  return db.execute("SELECT count(*) FROM deliveries WHERE state = 'pending'")
      .rows.front()
      .integer(0);
}

std::vector<Delivery> claim_deliveries(Database& db, const DueEndpoint& endpoint,
                                       std::int64_t now_ms, std::int64_t lease_ms,
                                       std::int64_t limit) {
  // The condition stands twice: whoever waited for another sender's lock checks it again.
  const Answer queues = db.execute(
      "UPDATE delivery_queues SET next_attempt_ms = $4 WHERE api_key = $1 AND endpoint = $2 "
      "AND next_attempt_ms <= $3 AND order_key IN (SELECT order_key FROM delivery_queues "
      "WHERE api_key = $1 AND endpoint = $2 AND next_attempt_ms <= $3 "
      "ORDER BY next_attempt_ms, order_key LIMIT $5) RETURNING order_key",
      {endpoint.api_key, endpoint.endpoint, now_ms, now_ms + lease_ms, limit});
  static const std::string kHead = fmt::format(
      "SELECT {} FROM deliveries d JOIN outbox_events e ON e.seq = d.event "
      "WHERE d.api_key = $1 AND d.endpoint = $2 AND d.order_key = $3 AND d.state = 'pending' "
      "ORDER BY d.id LIMIT 1",
      kDeliveryColumns);
  std::vector<Delivery> heads;
  for (const Row& queue : queues.rows) {
    const Answer head = db.execute(kHead, {endpoint.api_key, endpoint.endpoint, queue.text(0)});
    if (head.rows.empty()) continue;
    FieldReader r(head.rows.front());
    heads.push_back(read_delivery(r));
  }
  return heads;
}

bool record_success(Database& db, const Attempt& attempt) {
  const auto queue = finish(db, attempt, "delivered");
  if (queue) advance(db, *queue, attempt.at_ms);
  return queue.has_value();
}

bool record_failure(Database& db, const Attempt& a, std::int64_t next_attempt_ms) {
  const Answer found = db.execute(
      "UPDATE deliveries SET attempts = attempts + 1, last_status = $3, last_error = $4 "
      "WHERE id = $1 AND api_key = $2 AND state = 'pending' RETURNING endpoint, order_key",
      {a.delivery, a.api_key, a.status, a.error});
  if (found.rows.empty()) return false;
  db.execute(
      "UPDATE delivery_queues SET next_attempt_ms = $4 "
      "WHERE api_key = $1 AND endpoint = $2 AND order_key = $3",
      {a.api_key, found.rows.front().text(0), found.rows.front().text(1), next_attempt_ms});
  return true;
}

bool record_dead(Database& db, const Attempt& attempt) {
  const auto queue = finish(db, attempt, "dead");
  if (queue) advance(db, *queue, attempt.at_ms);
  if (queue && attempt.status == kGone) silence_room(db, *queue);
  return queue.has_value();
}

DeliverySummary delivery_summary(Database& db, const std::string& api_key, const std::string& job) {
  const Answer found = db.execute(
      "SELECT e.type, d.state FROM deliveries d JOIN outbox_events e ON e.seq = d.event "
      "WHERE d.api_key = $1 AND d.job = $2 ORDER BY d.id",
      {api_key, job});
  DeliverySummary summary;
  for (const Row& row : found.rows) {
    ++summary.total;
    const std::string& state = row.text(1);
    if (state == "pending") continue;
    const bool success = state == "delivered";
    if (success) ++summary.success;
    summary.entries.push_back({.type = row.text(0), .success = success});
  }
  return summary;
}

std::int64_t purge_delivered(Database& db, std::int64_t before_ms, std::int64_t limit) {
  const Answer gone = db.execute(
      "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE state = 'delivered' "
      "AND finished_ms < $1 ORDER BY finished_ms LIMIT $2) RETURNING event",
      {before_ms, limit});
  for (const Row& row : gone.rows)
    db.execute(
        "DELETE FROM outbox_events WHERE seq = $1 "
        "AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event = $1)",
        {row.integer(0)});
  return static_cast<std::int64_t>(gone.rows.size());
}

}  // namespace plenum::store
