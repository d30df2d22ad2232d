#include "cli/credentials.h"

namespace plenum::cli {

using server::ConfigError;

Credentials choose_credentials(const server::Config& config, const std::string& wanted) {
  auto keys = config.keys;
  if (config.dev && keys.empty()) keys.emplace(server::kDevKey, server::kDevSecret);
  if (keys.empty()) throw ConfigError("no API key: use --config, PLENUM_KEYS=key:secret or --dev");
  const auto found = wanted.empty() ? keys.begin() : keys.find(wanted);
  if (found == keys.end()) throw ConfigError("there is no API key \"" + wanted + "\"");
  return {found->first, found->second};
}

}  // namespace plenum::cli
