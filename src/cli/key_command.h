#pragma once
#include <cstdint>
#include <string>

#include "cli/command.h"
#include "store/api_keys.h"

namespace plenum::cli {

/// The verbs of `plenum key`, with the arguments behind them, on the database that the settings
/// name. All throw server::ConfigError when used wrongly and std::runtime_error when it fails.

/// Answers the key as it was stored: what was not given is made up. Makes the database if need be.
store::ApiKey add_key(const Context& context, std::int64_t now_ms);
/// A table without the secrets.
std::string list_keys(const Context& context);
/// Answers the key.
std::string revoke_key(const Context& context);
/// All tokens of a key that were issued before `now_s` (Unix seconds). Answers the key.
std::string revoke_tokens(const Context& context, std::int64_t now_s);
/// One token, of any key, by its `jti` claim. Answers the claim.
std::string revoke_token(const Context& context, std::int64_t now_s);

}  // namespace plenum::cli
