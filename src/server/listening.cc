#include "server/listening.h"

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

#include "base/log.h"
#include "io/affinity.h"
#include "io/local_addresses.h"
#include "io/udp_socket.h"
#include "media/srtp/gcm.h"
#include "server/addresses.h"

namespace plenum::server {
namespace {

/// An address may be listed and not (yet) be ours to use, e.g. IPv6 during duplicate detection.
bool can_bind(const Address& a) {
  try {
    const io::UdpSocket probe(a);
    return true;
  } catch (const std::system_error& e) {
    log::warn("leaving out {}: {}", a.ip_text(), e.what());
    return false;
  }
}

std::string joined(const std::vector<Address>& addresses) {
  std::string out;
  for (const Address& a : addresses) out += (out.empty() ? "" : " ") + a.text();
  return out.empty() ? "off" : out;
}

/// The first listening address as one types it: "any" is no place to go to.
std::string url_of(Address a) {
  if (a == *Address::parse("::", a.port) || a == *Address::parse("0.0.0.0", a.port))
    return fmt::format("http://localhost:{}", a.port);
  return "http://" + a.text();
}

}  // namespace

std::vector<shard::ShardThread::Config> shard_configs(const Config& config) {
  std::vector<Address> media = media_addresses(config, io::local_addresses(true));
  if (config.bind.empty()) std::erase_if(media, [](const Address& a) { return !can_bind(a); });
  const unsigned cores = io::usable_cores();
  const std::uint32_t count = shard_count(config, cores);
  std::vector<shard::ShardThread::Config> configs;
  for (std::uint32_t i = 0; i < count; ++i) {
    ShardAddresses where = shard_addresses(config, media, i);
    shard::ShardThread::Config c;
    c.id = ShardId(i);
    c.udp = std::move(where.udp);
    c.tcp = std::move(where.tcp);
    c.advertise = std::move(where.advertised);
    // Development machines have other things to do on their cores.
    c.pin_to_core = !config.dev && count <= cores;
    configs.push_back(std::move(c));
  }
  return configs;
}

void listen(http::Server& http, const Config& config) {
  std::vector<Address> wanted = http_addresses(config, io::local_addresses(true));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i > 0) wanted[i].port = http.local_endpoints().front().port;
    try {
      http.listen(wanted[i]);
    } catch (const std::runtime_error& e) {
      const bool any = wanted[i].ip == Address{}.ip;
      if (i == 0 && any && wanted[i].family == Address::Family::v6) {
        http.listen(*Address::parse("0.0.0.0", wanted[i].port));  // a host without IPv6
      } else if (i == 0 || !config.bind.empty()) {
        throw;
      } else {
        log::warn("{}", e.what());
      }
    }
  }
}

void announce(const http::Server& http, const Config& config, const ShardHost& shards) {
  for (std::uint32_t i = 0; i < shards.count(); ++i)
    log::info("shard {}: UDP {}, TCP {}", i, joined(shards.shard(i).udp_addresses()),
              joined(shards.shard(i).tcp_addresses()));
  log::info("AES-GCM by {}", srtp::name(srtp::gcm_engine()));
  log::info("HTTP on {}", joined(http.local_endpoints()));
  std::printf("Plenum%s is running at %s\n", config.dev ? " (development)" : "",
              url_of(http.local_endpoints().front()).c_str());
  std::fflush(stdout);
}

}  // namespace plenum::server
