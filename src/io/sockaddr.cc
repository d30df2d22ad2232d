#include "io/sockaddr.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace plenum::io {

SockAddr::SockAddr(const Address& a) : v6{} {
  if (a.family == Address::Family::v4) {
    v4 = {};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(a.port);
    std::memcpy(&v4.sin_addr, a.ip.data(), 4);
    size = sizeof v4;
  } else {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(a.port);
    std::memcpy(&v6.sin6_addr, a.ip.data(), 16);
    size = sizeof v6;
  }
}

std::optional<Address> to_address(const SockAddr& s) {
  Address a;
  if (s.base.sa_family == AF_INET) {
    std::memcpy(a.ip.data(), &s.v4.sin_addr, 4);
    a.port = ntohs(s.v4.sin_port);
    return a;
  }
  if (s.base.sa_family != AF_INET6) return std::nullopt;
  a.port = ntohs(s.v6.sin6_port);
  const auto* ip = s.v6.sin6_addr.s6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&s.v6.sin6_addr)) {
    std::memcpy(a.ip.data(), ip + 12, 4);
    return a;
  }
  a.family = Address::Family::v6;
  std::memcpy(a.ip.data(), ip, 16);
  return a;
}

Fd bound_socket(const Address& local, int type, bool reuse_address) {
  const auto fail = [&](const char* what) -> std::system_error {
    return {errno, std::generic_category(), what + (" " + local.text())};
  };
  const int family = local.family == Address::Family::v4 ? AF_INET : AF_INET6;
  Fd fd(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) throw fail("cannot open a socket for");
  const int on = 1;
  if (family == AF_INET6 && ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0)
    throw fail("cannot set IPV6_V6ONLY for");
  if (reuse_address && ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
    throw fail("cannot set SO_REUSEADDR for");
  const SockAddr where(local);
  if (::bind(fd.get(), where.get(), where.size) != 0) throw fail("cannot bind");
  return fd;
}

Address bound_address(int fd) {
  SockAddr s;
  checked(::getsockname(fd, s.get(), &s.size), "getsockname");
  return to_address(s).value();
}

}  // namespace plenum::io
