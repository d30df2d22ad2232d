#pragma once
#include <vector>

#include "api/http/server.h"
#include "server/config.h"
#include "server/shard_host.h"

/// Where the sockets of this host go, and what people are told of it.
namespace plenum::server {

/// Configurations of all shards. Addresses of the host that cannot be bound are left out with a
/// warning; addresses the operator named are not.
std::vector<shard::ShardThread::Config> shard_configs(const Config& config);

/// Makes `http` listen: all on one port, also when that is chosen by the kernel. Throws when the
/// first address, or one that the operator named, is not to be had.
void listen(http::Server& http, const Config& config);

/// Prints the URL to standard output and logs where media goes.
void announce(const http::Server& http, const Config& config, const ShardHost& shards);

}  // namespace plenum::server
