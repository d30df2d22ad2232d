#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace plenum::store {

/// A key pair with which the server itself signs. At most one is active; the others stay so that
/// receivers can still check what they signed.
struct SigningKey {
  std::string kid, private_pem, public_pem;
  std::int64_t created_ms = 0;
  bool active = false;

  friend bool operator==(const SigningKey&, const SigningKey&) = default;
};

/// An active key takes over from the one before.
void add_signing_key(Database& db, const SigningKey& key);
std::optional<SigningKey> active_signing_key(Database& db);
/// Newest first.
std::vector<SigningKey> list_signing_keys(Database& db);
/// False: no such key, and nothing changed.
bool activate_signing_key(Database& db, const std::string& kid);

}  // namespace plenum::store
