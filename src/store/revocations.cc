#include "store/revocations.h"

namespace plenum::store {

void revoke_token(Database& db, const RevokedToken& token) {
  db.execute(
      "INSERT INTO revoked_tokens (api_key, jti, expires_at_s) VALUES ($1, $2, $3) "
      "ON CONFLICT (api_key, jti) DO UPDATE SET expires_at_s = excluded.expires_at_s "
      "WHERE revoked_tokens.expires_at_s < excluded.expires_at_s",
      {token.api_key, token.jti, token.expires_at_s});
}

void revoke_participant(Database& db, const RevokedParticipant& p) {
  db.execute(
      "INSERT INTO revoked_participants (api_key, room, identity, issued_before_s, expires_at_s) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (api_key, room, identity) DO UPDATE SET "
      "issued_before_s = CASE WHEN revoked_participants.issued_before_s > excluded.issued_before_s "
      "THEN revoked_participants.issued_before_s ELSE excluded.issued_before_s END, "
      "expires_at_s = CASE WHEN revoked_participants.expires_at_s > excluded.expires_at_s "
      "THEN revoked_participants.expires_at_s ELSE excluded.expires_at_s END",
      {p.api_key, p.room, p.identity, p.issued_before_s, p.expires_at_s});
}

bool is_token_revoked(Database& db, const std::string& api_key, const std::string& jti) {
  return !db.execute("SELECT 1 FROM revoked_tokens WHERE api_key = $1 AND jti = $2", {api_key, jti})
              .rows.empty();
}

bool is_participant_revoked(Database& db, const std::string& api_key, const std::string& room,
                            const std::string& identity, std::int64_t issued_at_s) {
  return !db.execute(
                "SELECT 1 FROM revoked_participants WHERE api_key = $1 "
                "AND room IN ('', $2) AND identity = $3 AND issued_before_s > $4",
                {api_key, room, identity, issued_at_s})
              .rows.empty();
}

Revocations list_revocations(Database& db, std::int64_t now_s) {
  Revocations all;
  const Answer tokens = db.execute(
      "SELECT api_key, jti, expires_at_s FROM revoked_tokens WHERE expires_at_s > $1", {now_s});
  for (const Row& row : tokens.rows) {
    FieldReader r(row);
    all.tokens.push_back({.api_key = r.text(), .jti = r.text(), .expires_at_s = r.integer()});
  }
  const Answer participants = db.execute(
      "SELECT api_key, room, identity, issued_before_s, expires_at_s FROM revoked_participants "
      "WHERE expires_at_s > $1",
      {now_s});
  for (const Row& row : participants.rows) {
    FieldReader r(row);
    all.participants.push_back({.api_key = r.text(),
                                .room = r.text(),
                                .identity = r.text(),
                                .issued_before_s = r.integer(),
                                .expires_at_s = r.integer()});
  }
  return all;
}

}  // namespace plenum::store
