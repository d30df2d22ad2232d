#include "base/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace plenum {

std::optional<Address> Address::parse(std::string_view ip_text, std::uint16_t port) {
  char text[INET6_ADDRSTRLEN + 1];
  if (ip_text.size() >= sizeof text) return std::nullopt;
  std::memcpy(text, ip_text.data(), ip_text.size());
  text[ip_text.size()] = 0;
  Address a;
  a.port = port;
  if (inet_pton(AF_INET, text, a.ip.data()) == 1) return a;
  a.family = Family::v6;
  if (inet_pton(AF_INET6, text, a.ip.data()) == 1) return a;
  return std::nullopt;
}

std::string Address::ip_text() const {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(family == Family::v4 ? AF_INET : AF_INET6, ip.data(), text, sizeof text);
  return text;
}

std::string Address::text() const {
  const std::string host = family == Family::v4 ? ip_text() : "[" + ip_text() + "]";
  return host + ":" + std::to_string(port);
}

Address Address::network() const {
  Address n = *this;
  n.port = 0;
  if (family == Family::v6) std::fill(n.ip.begin() + 8, n.ip.end(), std::uint8_t{0});
  return n;
}

bool Address::is_loopback() const {
  if (family == Family::v4) return ip[0] == 127;
  for (std::size_t i = 0; i < 15; ++i)
    if (ip[i] != 0) return false;
  return ip[15] == 1;
}

bool Address::is_link_local() const {
  if (family == Family::v4) return ip[0] == 169 && ip[1] == 254;
  return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
}

}  // namespace plenum
