#include "io/local_addresses.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "io/fd.h"
#include "io/sockaddr.h"

namespace plenum::io {
namespace {

std::optional<Address> address_of(const ifaddrs& entry) {
  if (!entry.ifa_addr || (entry.ifa_flags & IFF_UP) == 0) return std::nullopt;
  SockAddr s;
  if (entry.ifa_addr->sa_family == AF_INET) {
    std::memcpy(&s.v4, entry.ifa_addr, sizeof s.v4);
  } else if (entry.ifa_addr->sa_family == AF_INET6) {
    std::memcpy(&s.v6, entry.ifa_addr, sizeof s.v6);
  } else {
    return std::nullopt;
  }
  return to_address(s);
}

/// Order of the result: IPv4, IPv6, then loopback.
int rank(const Address& a) {
  return (a.is_loopback() ? 2 : 0) + (a.family == Address::Family::v6 ? 1 : 0);
}

}  // namespace

std::vector<Address> local_addresses(bool with_loopback) {
  ifaddrs* raw = nullptr;
  checked(::getifaddrs(&raw), "getifaddrs");
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(raw, &::freeifaddrs);

  std::vector<Address> found;
  for (const ifaddrs* e = list.get(); e; e = e->ifa_next) {
    const auto a = address_of(*e);
    if (!a || a->is_link_local() || (a->is_loopback() && !with_loopback)) continue;
    if (std::find(found.begin(), found.end(), *a) == found.end()) found.push_back(*a);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Address& a, const Address& b) { return rank(a) < rank(b); });
  return found;
}

}  // namespace plenum::io
