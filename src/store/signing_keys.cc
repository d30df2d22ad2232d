#include "store/signing_keys.h"

namespace plenum::store {
namespace {

SigningKey read(const Row& row) {
  FieldReader r(row);
  return {.kid = r.text(),
          .private_pem = r.text(),
          .public_pem = r.text(),
          .created_ms = r.integer(),
          .active = r.boolean()};
}

}  // namespace

void add_signing_key(Database& db, const SigningKey& key) {
  db.execute(
      "INSERT INTO signing_keys (kid, private_pem, public_pem, created_ms, active) "
      "VALUES ($1, $2, $3, $4, 0)",
      {key.kid, key.private_pem, key.public_pem, key.created_ms});
  if (key.active) activate_signing_key(db, key.kid);
}

std::optional<SigningKey> active_signing_key(Database& db) {
  const Answer found = db.execute(
      "SELECT kid, private_pem, public_pem, created_ms, active FROM signing_keys "
      "WHERE active = 1");
  if (found.rows.empty()) return std::nullopt;
  return read(found.rows.front());
}

std::vector<SigningKey> list_signing_keys(Database& db) {
  std::vector<SigningKey> keys;
  const Answer found = db.execute(
      "SELECT kid, private_pem, public_pem, created_ms, active FROM signing_keys "
      "ORDER BY created_ms DESC, kid");
  for (const Row& row : found.rows) keys.push_back(read(row));
  return keys;
}

bool activate_signing_key(Database& db, const std::string& kid) {
  if (db.execute("SELECT 1 FROM signing_keys WHERE kid = $1", {kid}).rows.empty()) return false;
  db.execute("UPDATE signing_keys SET active = CASE WHEN kid = $1 THEN 1 ELSE 0 END", {kid});
  return true;
}

}  // namespace plenum::store
