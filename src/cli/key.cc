#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "api/http/jwt.h"
#include "api/videosdk/resources.h"
#include "base/crypto.h"
#include "cli/arguments.h"
#include "cli/key_command.h"
#include "cli/table.h"
#include "io/clock.h"
#include "store/revocations.h"
#include "store/store.h"

namespace plenum::cli {
namespace {

using server::ConfigError;

constexpr std::size_t kMaxKeyBytes = 64;
/// Of 57 each: 81 bits, and 250.
constexpr std::size_t kMadeKeyCharacters = 14;
constexpr std::size_t kMadeSecretCharacters = 43;

/// Such a text is free of what separates keys in the environment, in URLs and on a terminal.
bool can_be_key(const std::string& text) {
  return !text.empty() && text.size() <= kMaxKeyBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '_' || c == '-';
  });
}

/// Only who adds a key wants a database where there is none; elsewhere it is a wrong directory.
std::unique_ptr<store::Store> open_keys(const Arguments& arguments, const Context& context,
                                        bool may_create) {
  const server::Config config = server::load_config(arguments.settings, context.environment);
  if (config.data_dir.empty() && config.database_url.empty())
    throw ConfigError("no database: use --data-dir, --database-url or --config");
  const std::string location = server::store_location(config);
  if (!config.database_url.empty()) return store::open_store(location);
  if (may_create) {
    std::filesystem::create_directories(config.data_dir);
  } else if (!std::filesystem::exists(location)) {
    throw std::runtime_error("there is no database " + location);
  }
  return store::open_store(location);
}

std::string state_text(const store::ApiKey& key) {
  return key.revoked ? "revoked" : key.enabled ? "enabled" : "disabled";
}

/// What was asked for, and what was left to us. An error must not show the secret.
store::ApiKey completed(store::ApiKey key, const std::vector<std::string>& words) {
  const bool named = !words.empty() && !can_be_key(words[0]);
  if (named && !key.name.empty()) throw ConfigError("a key has up to 64 letters, digits and . _ -");
  if (named) key.name = words[0];
  if (!named && !words.empty()) key.api_key = words[0];
  if (key.api_key == server::kDevKey)
    throw ConfigError("the development key is only for --dev: choose another");
  if (!key.secret.empty() && key.secret.size() < server::kMinSecretBytes)
    throw ConfigError(
        fmt::format("--secret: a secret has at least {} bytes", server::kMinSecretBytes));
  if (key.api_key.empty()) key.api_key = "PL" + crypto::random_text(kMadeKeyCharacters);
  if (key.secret.empty()) key.secret = crypto::random_text(kMadeSecretCharacters);
  return key;
}

int add(const Context& context) {
  const store::ApiKey key = add_key(context, io::unix_ms());
  std::printf("key     %s\nsecret  %s\n", key.api_key.c_str(), key.secret.c_str());
  return 0;
}

int list(const Context& context) {
  std::fputs(list_keys(context).c_str(), stdout);
  return 0;
}

int revoke(const Context& context) {
  std::printf("revoked %s\n", revoke_key(context).c_str());
  return 0;
}

int expire(const Context& context) {
  std::printf("revoked the tokens of %s\n", revoke_tokens(context, io::unix_ms() / 1000).c_str());
  return 0;
}

int revoke_one(const Context& context) {
  std::printf("revoked %s\n", revoke_token(context, io::unix_ms() / 1000).c_str());
  return 0;
}

std::string text_in(const boost::json::object& claims, const char* name) {
  const boost::json::value* value = claims.if_contains(name);
  const boost::json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

/// Of a token that never expires, and of one that says nonsense, as good as for ever.
std::int64_t expiry_of(const boost::json::object& claims, std::int64_t now_s) {
  constexpr std::int64_t kTenYears = std::int64_t{10} * 365 * 24 * 3600;
  const boost::json::value* value = claims.if_contains("exp");
  const bool usable = value && value->is_int64() && value->get_int64() > now_s;
  // Clocks may differ, and a token is taken for a while after its time.
  return usable ? value->get_int64() + 2 * http::kJwtLeewaySeconds : now_s + kTenYears;
}

}  // namespace

store::ApiKey add_key(const Context& context, std::int64_t now_ms) {
  store::ApiKey key;
  const Arguments arguments = read_arguments(
      context.arguments, {text_option("--name", key.name), text_option("--secret", key.secret)},
      {"[NAME_OR_KEY]"});
  key = completed(key, arguments.words);
  key.created_at_ms = now_ms;
  try {
    open_keys(arguments, context, true)->run([&](store::Database& db) { add_api_key(db, key); });
  } catch (const store::StoreError& e) {
    if (e.kind() != store::StoreError::Kind::constraint) throw;
    throw std::runtime_error("there is a key \"" + key.api_key + "\" already");
  }
  return key;
}

std::string list_keys(const Context& context) {
  const Arguments arguments = read_arguments(context.arguments, {});
  std::vector<store::ApiKey> keys;
  open_keys(arguments, context, false)->run([&](store::Database& db) {
    keys = store::list_api_keys(db);
  });
  Table table({"KEY", "NAME", "STATE", "CREATED"});
  for (const store::ApiKey& key : keys)
    table.add({key.api_key, key.name, state_text(key), videosdk_api::time_text(key.created_at_ms)});
  return table.text();
}

std::string revoke_key(const Context& context) {
  const Arguments arguments = read_arguments(context.arguments, {}, {"KEY"});
  const std::string& api_key = arguments.words[0];
  bool known = false, revoked = false;
  open_keys(arguments, context, false)->run([&](store::Database& db) {
    known = store::find_api_key(db, api_key).has_value();
    revoked = store::revoke_api_key(db, api_key);
  });
  if (!revoked)
    throw std::runtime_error(fmt::format("the key \"{}\" is {}", printable(api_key),
                                         known ? "revoked already" : "not in the database"));
  return api_key;
}

std::string revoke_tokens(const Context& context, std::int64_t now_s) {
  const Arguments arguments = read_arguments(context.arguments, {}, {"KEY"});
  const std::string& api_key = arguments.words[0];
  bool known = false;
  open_keys(arguments, context, false)->run([&](store::Database& db) {
    known = store::set_api_key_not_before(db, api_key, now_s);
  });
  if (!known)
    throw std::runtime_error(fmt::format("the key \"{}\" is not in the database, or revoked itself",
                                         printable(api_key)));
  return api_key;
}

std::string revoke_token(const Context& context, std::int64_t now_s) {
  const Arguments arguments = read_arguments(context.arguments, {}, {"TOKEN"});
  const auto claims = http::unverified_claims(arguments.words[0]);
  if (!claims) throw ConfigError("that is no token");
  store::RevokedToken token;
  token.api_key = text_in(*claims, "apikey");
  if (token.api_key.empty()) token.api_key = text_in(*claims, "iss");
  token.jti = text_in(*claims, "jti");
  if (token.api_key.empty() || token.jti.empty())
    throw std::runtime_error("the token has no id (claim jti): revoke all tokens of its key");
  token.expires_at_s = expiry_of(*claims, now_s);
  open_keys(arguments, context, false)->run([&](store::Database& db) {
    store::revoke_token(db, token);
  });
  return printable(token.jti);
}

int key(const Context& context) {
  static constexpr Verb kVerbs[] = {{"add", add},
                                    {"list", list},
                                    {"revoke", revoke},
                                    {"revoke-tokens", expire},
                                    {"revoke-token", revoke_one}};
  return run_verb(context, "key", key_help, kVerbs);
}

}  // namespace plenum::cli
