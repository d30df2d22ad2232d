#include "store/dead_letters.h"

#include <fmt/format.h>

#include "store/delivery_rows.h"

namespace plenum::store {
namespace {

/// What the operator's own endpoints missed is not the tenants' to see or to send again.
constexpr const char* kOfOwnRooms =
    "endpoint IN (SELECT webhook_endpoint FROM rooms WHERE api_key = $1 "
    "AND webhook_endpoint IS NOT NULL)";

std::int64_t wake_all(Database& db, const std::string& api_key, const Answer& revived,
                      std::int64_t now_ms) {
  for (const Row& row : revived.rows) wake_queue(db, api_key, row.text(0), row.text(1), now_ms);
  return static_cast<std::int64_t>(revived.rows.size());
}

}  // namespace

Page<DeadLetter> list_dead_letters(Database& db, const std::string& api_key,
                                   const PageRequest& page) {
  static const std::string kCount = fmt::format(
      "SELECT count(*) FROM deliveries WHERE api_key = $1 AND state = 'dead' AND {}", kOfOwnRooms);
  static const std::string kPage = fmt::format(
      "SELECT {}, d.finished_ms FROM deliveries d JOIN outbox_events e ON e.seq = d.event "
      "WHERE d.api_key = $1 AND d.state = 'dead' AND d.{} ORDER BY d.id DESC LIMIT $2 OFFSET $3",
      kDeliveryColumns, kOfOwnRooms);
  Page<DeadLetter> result;
  result.total = db.execute(kCount, {api_key}).rows.front().integer(0);
  for (const Row& row : db.execute(kPage, {api_key, page.per_page, page.offset()}).rows) {
    FieldReader r(row);
    Delivery delivery = read_delivery(r);
    result.items.push_back({.delivery = std::move(delivery), .died_ms = r.integer()});
  }
  return result;
}

bool replay_dead_letter(Database& db, const std::string& api_key, std::int64_t delivery,
                        std::int64_t now_ms) {
  static const std::string kReplay = fmt::format(
      "UPDATE deliveries SET state = 'pending', attempts = 0, finished_ms = NULL "
      "WHERE api_key = $1 AND id = $2 AND state = 'dead' AND {} RETURNING endpoint, order_key",
      kOfOwnRooms);
  const Answer revived = db.execute(kReplay, {api_key, delivery});
  return wake_all(db, api_key, revived, now_ms) == 1;
}

std::int64_t replay_dead_letters(Database& db, const std::string& api_key,
                                 const std::string& endpoint, std::int64_t now_ms,
                                 std::int64_t limit) {
  static const std::string kReplay = fmt::format(
      "UPDATE deliveries SET state = 'pending', attempts = 0, finished_ms = NULL "
      "WHERE id IN (SELECT id FROM deliveries WHERE api_key = $1 AND endpoint = $2 "
      "AND state = 'dead' ORDER BY id LIMIT $3) AND api_key = $1 AND state = 'dead' AND {} "
      "RETURNING endpoint, order_key",
      kOfOwnRooms);
  const Answer revived = db.execute(kReplay, {api_key, endpoint, limit});
  return wake_all(db, api_key, revived, now_ms);
}

}  // namespace plenum::store
