#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace plenum::store {

/// What a tenant signs his tokens with. The administrator's side: only here no tenant is given.
struct ApiKey {
  std::string api_key, secret, name;
  bool enabled = true;
  /// For ever; the secret is gone then.
  bool revoked = false;
  std::int64_t created_at_ms = 0;
  /// Tokens issued before this second are refused; 0 = none.
  std::int64_t not_before_s = 0;

  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

/// StoreError::Kind::constraint when the key exists, revoked ones included.
void add_api_key(Database& db, const ApiKey& key);
/// In order of creation, revoked ones included.
std::vector<ApiKey> list_api_keys(Database& db);
std::optional<ApiKey> find_api_key(Database& db, const std::string& api_key);

/// The following three answer false when there is no such key or it is revoked.
bool set_api_key_enabled(Database& db, const std::string& api_key, bool enabled);
bool revoke_api_key(Database& db, const std::string& api_key);
/// Never moves backwards.
bool set_api_key_not_before(Database& db, const std::string& api_key, std::int64_t not_before_s);

}  // namespace plenum::store
