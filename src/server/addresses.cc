#include "server/addresses.h"

#include <algorithm>

namespace plenum::server {
namespace {

constexpr std::uint32_t kMostAutomaticShards = 4;

/// Port 0 stays "a free one"; otherwise shard i is i above the first.
std::uint16_t port_of(std::uint16_t first, std::uint32_t shard) {
  return first == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(first + shard);
}

std::vector<Address> with_port(std::vector<Address> addresses, std::uint16_t port) {
  for (Address& a : addresses) a.port = port;
  return addresses;
}

}  // namespace

std::uint32_t shard_count(const Config& config, unsigned cores) {
  return config.shards ? config.shards : std::clamp(cores, 1u, kMostAutomaticShards);
}

std::vector<Address> media_addresses(const Config& config, const std::vector<Address>& host) {
  if (!config.bind.empty()) return config.bind;
  std::vector<Address> found;
  for (const Address& a : host)
    if (config.dev || !a.is_loopback()) found.push_back(a);
  return found.empty() ? host : found;
}

ShardAddresses shard_addresses(const Config& config, const std::vector<Address>& media,
                               std::uint32_t shard) {
  ShardAddresses out;
  if (!config.no_udp) out.udp = with_port(media, port_of(config.udp_port, shard));
  if (!config.no_tcp) out.tcp = with_port(media, port_of(config.tcp_port, shard));
  out.advertised = config.advertise;
  for (Address& a : out.advertised) a.port = port_of(a.port, shard);
  return out;
}

std::vector<Address> http_addresses(const Config& config, const std::vector<Address>& host) {
  if (!config.bind.empty()) return with_port(config.bind, config.http_port);
  if (config.dev) {
    std::vector<Address> all = with_port(host, config.http_port);
    // The page may use cameras only on loopback or over TLS, so that URL is the one to print.
    std::stable_partition(all.begin(), all.end(), [](const Address& a) {
      return a.is_loopback() && a.family == Address::Family::v4;
    });
    return all;
  }
  return {*Address::parse("::", config.http_port)};
}

}  // namespace plenum::server
