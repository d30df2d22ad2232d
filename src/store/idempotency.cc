#include "store/idempotency.h"

namespace plenum::store {

std::optional<StoredAnswer> find_answer(Database& db, const std::string& api_key,
                                        const std::string& idempotency_key, std::int64_t now_ms) {
  const Answer found = db.execute(
      "SELECT api_key, idempotency_key, route, status, body, created_ms FROM idempotency "
      "WHERE api_key = $1 AND idempotency_key = $2 AND created_ms > $3",
      {api_key, idempotency_key, now_ms - kAnswerLifeMs});
  if (found.rows.empty()) return std::nullopt;
  FieldReader r(found.rows.front());
  return StoredAnswer{.api_key = r.text(),
                      .idempotency_key = r.text(),
                      .route = r.text(),
                      .status = static_cast<int>(r.integer()),
                      .body = r.bytes(),
                      .created_ms = r.integer()};
}

bool store_answer(Database& db, const StoredAnswer& a) {
  return db.execute(
               "INSERT INTO idempotency (api_key, idempotency_key, route, status, body, "
               "created_ms) VALUES ($1, $2, $3, $4, $5, $6) "
               "ON CONFLICT (api_key, idempotency_key) DO UPDATE SET "
               "route = excluded.route, status = excluded.status, body = excluded.body, "
               "created_ms = excluded.created_ms WHERE idempotency.created_ms <= $7",
               {a.api_key, a.idempotency_key, a.route, a.status, a.body, a.created_ms,
                a.created_ms - kAnswerLifeMs})
             .changed == 1;
}

}  // namespace plenum::store
