#pragma once
#include <cstdint>

#include "base/bytes.h"

namespace plenum::peer {

enum class Protocol : std::uint8_t { stun, dtls, rtp, rtcp, unknown };

/// Tells by the first byte what a datagram is, RFC 7983 section 7; RTP from RTCP by the packet
/// type, RFC 5761 section 4.
constexpr Protocol classify(Bytes datagram) {
  if (datagram.size() < 2) return Protocol::unknown;
  const std::uint8_t first = be8(datagram, 0);
  if (first <= 3) return Protocol::stun;
  if (first >= 20 && first <= 63) return Protocol::dtls;
  if (first < 128 || first > 191) return Protocol::unknown;
  const std::uint8_t second = be8(datagram, 1);
  return second >= 192 && second <= 223 ? Protocol::rtcp : Protocol::rtp;
}

}  // namespace plenum::peer
