// API keys and their secrets, as configured.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace plenum::http {

class KeyStore {
 public:
  KeyStore() = default;
  explicit KeyStore(std::map<std::string, std::string, std::less<>> secrets)
      : secrets_(std::move(secrets)) {}

  void add(std::string api_key, std::string secret);
  /// The secret of a key; nullopt when it is unknown.
  std::optional<std::string> find(std::string_view api_key) const;
  bool empty() const { return secrets_.empty(); }
  /// Some key, for signing our own requests: the first in order. nullopt when there is none.
  std::optional<std::string> first_key() const;

 private:
  std::map<std::string, std::string, std::less<>> secrets_;
};

}  // namespace plenum::http
