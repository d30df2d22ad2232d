#pragma once
#include <cstdint>
#include <vector>

#include "base/address.h"
#include "server/config.h"

namespace plenum::server {

/// Where one shard listens, and where clients shall send when that is elsewhere.
struct ShardAddresses {
  std::vector<Address> udp;
  std::vector<Address> tcp;
  /// Instead of what is bound; empty = as bound. Port 0 = the port that is bound.
  std::vector<Address> advertised;
};

std::uint32_t shard_count(const Config& config, unsigned cores);
/// `host`: the addresses of the host, with loopback. By default media listens on all of them;
/// loopback only in --dev or when there is no other.
std::vector<Address> media_addresses(const Config& config, const std::vector<Address>& host);
ShardAddresses shard_addresses(const Config& config, const std::vector<Address>& media,
                               std::uint32_t shard);
/// Where HTTP listens, the one to tell people first. "::" takes IPv4 as well.
std::vector<Address> http_addresses(const Config& config, const std::vector<Address>& host);

}  // namespace plenum::server
