#include "store/retention.h"

#include <algorithm>

#include "store/idempotency.h"
#include "store/outbox.h"
#include "store/uploads.h"

namespace plenum::store {

Swept sweep(Database& db, const Retention& retention, std::int64_t now_ms, std::int64_t chunk) {
  const std::int64_t now_s = now_ms / 1000;
  Swept swept;
  swept.sessions =
      db.execute(
            "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE ended_ms IS NOT NULL "
            "AND ended_ms < $1 ORDER BY ended_ms LIMIT $2)",
            {now_ms - retention.sessions_ms, chunk})
          .changed;
  swept.rooms = db.execute(
                      "DELETE FROM rooms WHERE id IN (SELECT id FROM rooms WHERE implicit = 1 "
                      "AND disabled = 0 AND created_ms < $1 AND NOT EXISTS (SELECT 1 FROM sessions "
                      "WHERE sessions.api_key = rooms.api_key AND sessions.room = rooms.id) "
                      "ORDER BY created_ms LIMIT $2)",
                      {now_ms - retention.sessions_ms, chunk})
                    .changed;
  swept.deliveries = purge_delivered(db, now_ms - retention.delivered_ms, chunk);
  swept.uploads = purge_uploads(db, now_ms - retention.delivered_ms, chunk);
  const std::int64_t tokens =
      db.execute(
            "DELETE FROM revoked_tokens WHERE expires_at_s <= $1 AND (api_key, jti) IN "
            "(SELECT api_key, jti FROM revoked_tokens WHERE expires_at_s <= $1 LIMIT $2)",
            {now_s, chunk})
          .changed;
  const std::int64_t participants =
      db.execute(
            "DELETE FROM revoked_participants WHERE expires_at_s <= $1 "
            "AND (api_key, room, identity) IN (SELECT api_key, room, identity "
            "FROM revoked_participants WHERE expires_at_s <= $1 LIMIT $2)",
            {now_s, chunk})
          .changed;
  swept.revocations = tokens + participants;
  swept.answers =
      db.execute(
            "DELETE FROM idempotency WHERE created_ms <= $1 AND (api_key, idempotency_key) IN "
            "(SELECT api_key, idempotency_key FROM idempotency WHERE created_ms <= $1 LIMIT $2)",
            {now_ms - kAnswerLifeMs, chunk})
          .changed;
  swept.more = std::max({swept.sessions, swept.rooms, swept.deliveries, swept.uploads, tokens,
                         participants, swept.answers}) >= chunk;
  return swept;
}

}  // namespace plenum::store
