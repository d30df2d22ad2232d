#include "api/http/key_store.h"

#include <algorithm>
#include <mutex>

namespace plenum::http {
namespace {

namespace json = boost::json;

KeyStore::Keys with_defaults(const std::map<std::string, std::string, std::less<>>& secrets) {
  KeyStore::Keys keys;
  for (const auto& [key, secret] : secrets) keys.emplace(key, KeyStore::Key{secret});
  return keys;
}

/// Unix seconds, beyond any date and within an int64.
constexpr double kFarFuture = 1e15;

/// Unix seconds; 0 when the token does not say.
std::int64_t issued_at(const json::object& claims) {
  for (const char* name : {"iat", "nbf"}) {
    const json::value* value = claims.if_contains(name);
    // RFC 7519 section 2: perhaps with a fraction, and as large as its maker likes.
    if (value && value->is_number())
      return static_cast<std::int64_t>(std::clamp(value->to_number<double>(), 0.0, kFarFuture));
  }
  return 0;
}

}  // namespace

struct KeyStore::Shared {
  std::mutex mutex;  // guards both
  Keys keys;
  RevokedTokens revoked;
};

KeyStore::KeyStore(Keys keys) : shared_(std::make_shared<Shared>()) {
  shared_->keys = std::move(keys);
}

KeyStore::KeyStore(const std::map<std::string, std::string, std::less<>>& secrets)
    : KeyStore(with_defaults(secrets)) {}

void KeyStore::add(std::string api_key, std::string secret) {
  const std::lock_guard lock(shared_->mutex);
  shared_->keys.insert_or_assign(std::move(api_key), Key{std::move(secret)});
}

void KeyStore::replace(Keys keys, RevokedTokens revoked) {
  const std::lock_guard lock(shared_->mutex);
  shared_->keys = std::move(keys);
  shared_->revoked = std::move(revoked);
}

std::optional<KeyStore::Key> KeyStore::find(std::string_view api_key) const {
  const std::lock_guard lock(shared_->mutex);
  const auto found = shared_->keys.find(api_key);
  if (found == shared_->keys.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string> KeyStore::secret(std::string_view api_key) const {
  auto key = find(api_key);
  if (!key || !key->enabled) return std::nullopt;
  return std::move(key->secret);
}

Result<json::object, JwtError> KeyStore::verify(std::string_view token, std::int64_t now,
                                                const JwtRules& rules) const {
  std::string issuer;
  std::optional<Key> key;
  const auto secret_of = [&](std::string_view name) -> std::optional<std::string> {
    issuer = name;
    key = find(name);
    if (!key) return std::nullopt;
    return key->secret;
  };
  auto claims = verify_jwt(token, secret_of, now, rules);
  // Only who knows the secret learns that the key is there.
  if (key && !key->enabled && (claims || claims.error() != JwtError::bad_signature))
    return Err{JwtError::key_disabled};
  if (!claims) return claims;
  if (issued_at(*claims) < key->not_before_s) return Err{JwtError::revoked};
  const json::value* id = claims->if_contains("jti");
  if (const json::string* text = id ? id->if_string() : nullptr) {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->revoked.contains({issuer, std::string(text->data(), text->size())}))
      return Err{JwtError::revoked};
  }
  return claims;
}

std::optional<std::string> KeyStore::first_key() const {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->keys.empty()) return std::nullopt;
  return shared_->keys.begin()->first;
}

}  // namespace plenum::http
