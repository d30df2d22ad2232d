#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "base/address.h"
#include "io/fd.h"

namespace plenum::io {

/// An Address in the kernel's shape.
struct SockAddr {
  union {
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr base;
  };
  socklen_t size = sizeof(sockaddr_in6);

  SockAddr() : v6{} {}
  explicit SockAddr(const Address& a);
  const sockaddr* get() const { return &base; }
  sockaddr* get() { return &base; }
};

/// nullopt for other families than IPv4 and IPv6. An IPv4-mapped IPv6 address becomes IPv4.
std::optional<Address> to_address(const SockAddr& s);

/// A non-blocking socket of `type` bound to `local`, IPv6 only if IPv6. Throws std::system_error
/// naming the address.
Fd bound_socket(const Address& local, int type, bool reuse_address);
/// The address that `fd` is bound to.
Address bound_address(int fd);

}  // namespace plenum::io
