#include "server/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "server/config_sources.h"
#include "server/settings.h"

namespace plenum::server {
namespace {

/// Passwords, or paths that open what they lead to.
bool holds_secrets(const Setting& s) {
  constexpr std::array<std::string_view, 8> kNames{"keys",
                                                   "ice-servers",
                                                   "database-url",
                                                   "webhook-livekit",
                                                   "webhook-videosdk",
                                                   "storage-s3-access-key",
                                                   "storage-s3-secret-key",
                                                   "storage-s3-endpoint"};
  return std::ranges::find(kNames, s.name) != kNames.end();
}

void apply(Config& config, const Setting& setting, const Given& given) {
  for (const std::string& text : given.values) {
    try {
      setting.set(config, text);
    } catch (const std::invalid_argument& e) {
      throw ConfigError(holds_secrets(setting)
                            ? fmt::format("{}: a value is not {}", given.origin, e.what())
                            : fmt::format("{}: \"{}\" is not {}", given.origin, text, e.what()));
    }
  }
}

void check_keys(Config& config) {
  if (config.dev) {
    if (config.keys.empty()) config.keys.emplace(kDevKey, kDevSecret);
    return;
  }
  if (config.keys.empty())
    throw ConfigError("no API key: set keys in the file or PLENUM_KEYS=key:secret, or use --dev");
  for (const auto& [key, secret] : config.keys) {
    if (key == kDevKey || secret == kDevSecret)
      throw ConfigError(
          "the development key is only for --dev: choose a key and secret of your own");
    if (secret.size() < kMinSecretBytes)
      throw ConfigError(fmt::format("the secret of API key \"{}\" is shorter than {} bytes", key,
                                    kMinSecretBytes));
  }
}

void check_storage(const storage::S3Settings& s3) {
  const bool credentials = !s3.credentials.access_key.empty() && !s3.credentials.secret_key.empty();
  if (s3.bucket.empty()) {
    if (!s3.endpoint.empty() || !s3.prefix.empty() || !s3.credentials.access_key.empty() ||
        !s3.credentials.secret_key.empty())
      throw ConfigError("storage-s3-bucket is missing among the settings of storage-s3");
    return;
  }
  if (!credentials)
    throw ConfigError("storage-s3-bucket needs storage-s3-access-key and storage-s3-secret-key");
  if (s3.path_style) return;
  const std::size_t host = s3.endpoint.find("://");
  const bool by_address =
      host != std::string::npos &&
      (s3.endpoint[host + 3] == '[' ||
       Address::parse(
           s3.endpoint.substr(host + 3, s3.endpoint.find_first_of(":/", host + 3) - (host + 3)),
           0));
  if (by_address)
    throw ConfigError("storage-s3-endpoint is an address: that needs storage-s3-path-style");
  if (s3.bucket.find('.') != std::string::npos && !s3.endpoint.starts_with("http://"))
    throw ConfigError(
        "storage-s3-bucket has dots, which no certificate covers: it needs "
        "storage-s3-path-style");
}

void check_ports(const Config& config) {
  const auto ends_beyond = [&](std::uint32_t port) { return port + config.shards > 65536; };
  if (ends_beyond(config.udp_port) || ends_beyond(config.tcp_port))
    throw ConfigError("a port plus the number of shards is beyond 65535");
  const bool http_in_tcp = !config.no_tcp && config.tcp_port != 0 && config.http_port != 0 &&
                           config.http_port >= config.tcp_port &&
                           config.http_port < config.tcp_port + std::max(config.shards, 1u);
  if (http_in_tcp)
    throw ConfigError(fmt::format("http-port {} is also the TCP port of a shard (tcp-port {})",
                                  config.http_port, config.tcp_port));
}

}  // namespace

Config load_config(const std::vector<std::string>& arguments, const Environment& environment) {
  const Source flags = read_flags(arguments);
  const Source variables = read_environment(environment);
  Source file;
  for (const Source* source : {&flags, &variables}) {
    const auto named = source->find("config");
    if (named == source->end()) continue;
    file = read_file(named->second.values.back());
    break;
  }
  Config config;
  for (const Setting& setting : settings()) {
    for (const Source* source : {&flags, &variables, static_cast<const Source*>(&file)}) {
      const auto given = source->find(setting.name);
      if (given == source->end()) continue;
      apply(config, setting, given->second);
      break;
    }
  }
  return config;
}

std::string store_location(const Config& config) {
  if (!config.database_url.empty()) return config.database_url;
  if (config.data_dir.empty()) return ":memory:";
  return (std::filesystem::path(config.data_dir) / "plenum.db").string();
}

void check_config(Config& config) {
  check_keys(config);
  check_ports(config);
  check_storage(config.storage_s3);
  if (config.no_udp && config.no_tcp)
    throw ConfigError("no-udp and no-tcp together leave no way for media");
  if (config.ping_timeout <= config.ping_interval)
    throw ConfigError("ping-timeout must be longer than ping-interval");
}

}  // namespace plenum::server
