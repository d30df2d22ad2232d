#pragma once
#include <string>

#include "server/config.h"

namespace plenum::cli {

/// An API key and its secret, to sign with.
struct Credentials {
  std::string api_key, secret;
};

/// The key named `wanted`, or the first in order when that is empty; with --dev the development
/// key stands in for none. Throws server::ConfigError.
Credentials choose_credentials(const server::Config& config, const std::string& wanted);

}  // namespace plenum::cli
