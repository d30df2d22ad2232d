#include "egress/rtmp_destination.h"

#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/reach.h"

namespace plenum::egress {
namespace {

/// What libavformat cuts an application's name to.
constexpr std::size_t kMaxApplication = 127;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::string bracketed(const std::string& ip) {
  return ip.find(':') == std::string::npos ? ip : "[" + ip + "]";
}

/// As libavformat reads the path: one part, or two when a third follows.
std::string_view application_of(std::string_view path) {
  constexpr std::string_view kOnDemand = "/ondemand/";
  if (path.starts_with(kOnDemand)) return path.substr(1, kOnDemand.size() - 2);
  const std::size_t first = path.find('/', 1);
  const std::size_t second = path.find('/', first + 1), colon = path.find(':', first + 1);
  const bool is_one = second == std::string_view::npos || colon < second;
  return path.substr(1, (is_one ? first : second) - 1).substr(0, kMaxApplication);
}

Destination with_address(const RtmpUrl& url, const Address& address) {
  constexpr std::string_view kScheme = "rtmp://";
  const std::string_view rest = std::string_view(url.secret).substr(kScheme.size());
  const std::size_t path_at = rest.find('/');
  const std::size_t at = rest.substr(0, path_at).rfind('@');
  const std::string_view user = at == std::string_view::npos ? "" : rest.substr(0, at + 1);
  const std::string_view path = rest.substr(path_at);
  const std::string port = ":" + std::to_string(url.port);
  Destination d{.url = std::string(kScheme), .tc_url = std::string(kScheme)};
  d.url.append(user).append(bracketed(address.ip_text())).append(port).append(path);
  d.tc_url.append(bracketed(url.host)).append(port).append("/").append(application_of(path));
  return d;
}

}  // namespace

std::vector<Address> resolve_host(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return {};
  const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
  std::vector<Address> addresses;
  for (const addrinfo* i = list; i; i = i->ai_next) {
    Address a{.port = port};
    if (i->ai_family == AF_INET) {
      sockaddr_in in{};
      std::memcpy(&in, i->ai_addr, sizeof in);
      std::memcpy(a.ip.data(), &in.sin_addr, 4);
    } else if (i->ai_family == AF_INET6) {
      sockaddr_in6 in{};
      std::memcpy(&in, i->ai_addr, sizeof in);
      std::memcpy(a.ip.data(), &in.sin6_addr, 16);
      a.family = Address::Family::v6;
    } else {
      continue;
    }
    addresses.push_back(a);
  }
  return addresses;
}

Result<std::vector<Destination>, DestinationError> destinations_of(const RtmpUrl& url,
                                                                   bool allow_private,
                                                                   const Resolver& resolve) {
  const std::vector<Address> addresses = resolve(url.host, url.port);
  if (addresses.empty()) return Err{DestinationError::unknown_host};
  const Reach most = allow_private ? Reach::local : Reach::global;
  if (std::ranges::any_of(addresses, [&](const Address& a) { return reach_of(a) > most; }))
    return Err{DestinationError::forbidden_address};
  std::vector<Destination> out;
  if (url.is_tls) {
    out.push_back({.url = url.secret, .tc_url = {}});
    return out;
  }
  for (const Address& a : addresses) out.push_back(with_address(url, a));
  return out;
}

}  // namespace plenum::egress
