#include "outbound/guarded_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "outbound/guard.h"

namespace plenum::outbound {
namespace {

std::optional<Address> address_of(const curl_sockaddr& from) {
  sockaddr_storage raw{};
  std::memcpy(&raw, &from.addr, std::min<std::size_t>(from.addrlen, sizeof raw));
  Address a;
  if (from.family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(raw);
    std::memcpy(a.ip.data(), &in.sin_addr, 4);
    return a;
  }
  if (from.family != AF_INET6) return std::nullopt;
  const auto& in6 = reinterpret_cast<const sockaddr_in6&>(raw);
  std::memcpy(a.ip.data(), &in6.sin6_addr, 16);
  a.family = Address::Family::v6;
  return a;
}

}  // namespace

curl_socket_t guarded_socket(const curl_sockaddr& to, curlsocktype purpose, bool allow_private,
                             std::string& refused) {
  const auto address = address_of(to);
  const Reach reach = address && purpose == CURLSOCKTYPE_IPCXN ? reach_of(*address) : Reach::never;
  if (reach == Reach::never || (reach == Reach::local && !allow_private)) {
    refused = address ? address->ip_text() : "of another kind";
    return CURL_SOCKET_BAD;
  }
  return ::socket(to.family, to.socktype | SOCK_CLOEXEC, to.protocol);
}

}  // namespace plenum::outbound
