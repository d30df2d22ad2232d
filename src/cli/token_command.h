#pragma once
#include <cstdint>
#include <string>

#include "api/livekit/token.h"
#include "cli/command.h"

namespace plenum::cli {

/// What `plenum token create` was asked to make, and with which key.
struct TokenOrder {
  livekit_api::AccessToken token;
  std::string secret;
};

/// Reads the arguments behind `create`. Throws server::ConfigError. `now`: Unix seconds.
TokenOrder read_token_order(const Context& context, std::int64_t now);

}  // namespace plenum::cli
