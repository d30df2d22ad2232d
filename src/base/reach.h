#pragma once
#include <cstdint>

#include "base/address.h"

namespace plenum {

/// Who can reach an address. Strangers name hosts that the server is to connect to, and so could
/// use it to reach what only the server can (server-side request forgery).
enum class Reach : std::uint8_t {
  /// Global unicast: anybody can reach it.
  global,
  /// Loopback, private, shared (CGNAT), unique local, documentation and benchmark ranges, and IPv6
  /// forms that carry an IPv4 address: only where the operator allows it.
  local,
  /// Link-local with the clouds' metadata services, "this network", multicast, reserved.
  never,
};

/// After the registries of RFC 6890, whatever the port.
Reach reach_of(const Address& address);

}  // namespace plenum
