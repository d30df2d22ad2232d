#pragma once
#include <vector>

#include "base/address.h"

namespace plenum::io {

/// Addresses (port 0) of the interfaces that are up, IPv4 first, without link-local ones. Loopback
/// addresses stand last and only if asked for.
std::vector<Address> local_addresses(bool with_loopback);

}  // namespace plenum::io
