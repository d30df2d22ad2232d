#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "api/http/jwt.h"

namespace plenum::http {

/// The API keys and what was revoked, in memory: the one place that says whether a token holds, for
/// all families of tokens and all entries. Copies are the same store; any thread may use it.
class KeyStore {
 public:
  struct Key {
    std::string secret;
    bool enabled = true;
    /// Tokens issued before this Unix second are refused; 0 = none.
    std::int64_t not_before_s = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  using Keys = std::map<std::string, Key, std::less<>>;
  /// Key and `jti` claim.
  using RevokedTokens = std::set<std::pair<std::string, std::string>>;

  KeyStore() : KeyStore(Keys{}) {}
  explicit KeyStore(Keys keys);
  explicit KeyStore(const std::map<std::string, std::string, std::less<>>& secrets);

  void add(std::string api_key, std::string secret);
  void replace(Keys keys, RevokedTokens revoked);

  /// nullopt when it is unknown.
  std::optional<Key> find(std::string_view api_key) const;
  /// The secret of a key; nullopt when it is unknown or disabled.
  std::optional<std::string> secret(std::string_view api_key) const;
  /// The claims of a token that holds now. `now` is Unix time in seconds.
  Result<boost::json::object, JwtError> verify(std::string_view token, std::int64_t now,
                                               const JwtRules& rules = {}) const;
  /// Some key, for signing our own requests: the first in order. nullopt when there is none.
  std::optional<std::string> first_key() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace plenum::http
