#include "api/http/key_store.h"

namespace plenum::http {

void KeyStore::add(std::string api_key, std::string secret) {
  secrets_.insert_or_assign(std::move(api_key), std::move(secret));
}

std::optional<std::string> KeyStore::find(std::string_view api_key) const {
  const auto found = secrets_.find(api_key);
  if (found == secrets_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> KeyStore::first_key() const {
  if (secrets_.empty()) return std::nullopt;
  return secrets_.begin()->first;
}

}  // namespace plenum::http
