#pragma once
#include <cstddef>

#include "base/address.h"
#include "base/bytes.h"

namespace plenum::load {

/// A server with full ICE makes checks of its own, which the controlling agent leaves alone. Writes
/// the answer to one that was made with our password into `out`; returns its size, 0 when the
/// datagram is no such check. RFC 8445 section 7.3.
std::size_t answer_check(Bytes datagram, const Address& from, Bytes password, MutableBytes out);

}  // namespace plenum::load
