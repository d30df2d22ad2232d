#include "store/api_keys.h"

namespace plenum::store {
namespace {

constexpr const char* kList =
    "SELECT api_key, secret, name, enabled, revoked, created_at_ms, not_before_s FROM api_keys "
    "ORDER BY created_at_ms, api_key";
constexpr const char* kFind =
    "SELECT api_key, secret, name, enabled, revoked, created_at_ms, not_before_s FROM api_keys "
    "WHERE api_key = $1";

ApiKey read(const Row& row) {
  FieldReader r(row);
  return {.api_key = r.text(),
          .secret = r.text(),
          .name = r.text(),
          .enabled = r.boolean(),
          .revoked = r.boolean(),
          .created_at_ms = r.integer(),
          .not_before_s = r.integer()};
}

}  // namespace

void add_api_key(Database& db, const ApiKey& key) {
  db.execute(
      "INSERT INTO api_keys (api_key, secret, name, enabled, revoked, created_at_ms, not_before_s) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {key.api_key, key.secret, key.name, key.enabled, key.revoked, key.created_at_ms,
       key.not_before_s});
}

std::vector<ApiKey> list_api_keys(Database& db) {
  std::vector<ApiKey> keys;
  for (const Row& row : db.execute(kList).rows) keys.push_back(read(row));
  return keys;
}

std::optional<ApiKey> find_api_key(Database& db, const std::string& api_key) {
  const Answer found = db.execute(kFind, {api_key});
  if (found.rows.empty()) return std::nullopt;
  return read(found.rows.front());
}

bool set_api_key_enabled(Database& db, const std::string& api_key, bool enabled) {
  return db.execute("UPDATE api_keys SET enabled = $2 WHERE api_key = $1 AND revoked = 0",
                    {api_key, enabled})
             .changed == 1;
}

bool revoke_api_key(Database& db, const std::string& api_key) {
  return db.execute(
               "UPDATE api_keys SET enabled = 0, revoked = 1, secret = '' "
               "WHERE api_key = $1 AND revoked = 0",
               {api_key})
             .changed == 1;
}

bool set_api_key_not_before(Database& db, const std::string& api_key, std::int64_t not_before_s) {
  return db.execute(
               "UPDATE api_keys SET not_before_s = "
               "CASE WHEN not_before_s > $2 THEN not_before_s ELSE $2 END "
               "WHERE api_key = $1 AND revoked = 0",
               {api_key, not_before_s})
             .changed == 1;
}

}  // namespace plenum::store
