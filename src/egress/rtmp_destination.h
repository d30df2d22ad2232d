#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "egress/rtmp_url.h"

namespace plenum::egress {

/// The addresses of a name, best first; empty when it has none. May take its time.
using Resolver = std::function<std::vector<Address>(const std::string& host, std::uint16_t port)>;
std::vector<Address> resolve_host(const std::string& host, std::uint16_t port);

enum class DestinationError : std::uint8_t {
  unknown_host,
  /// One of its addresses is of a network that a stranger's stream may not enter.
  forbidden_address,
};

/// What the muxer is to connect to; holds the secrets.
struct Destination {
  std::string url;
  /// What the server is told it was called by, as the muxer would say it; empty: the muxer knows.
  std::string tc_url;
  friend bool operator==(const Destination&, const Destination&) = default;
};

/// Where a stranger's address leads to now. All addresses of the host must be such that anybody can
/// reach them, or, with `allow_private`, at least not of those that nobody should (see Reach). Of
/// rtmp:// the answer has one destination an address, with the address written out: who owns the
/// name cannot change it between the check and the connection. Of rtmps:// it is the URL as it was,
/// for the certificate is of the name; there a name that changes in that moment gets as far as a
/// TLS greeting, since nothing is sent before the certificate is found to be right.
Result<std::vector<Destination>, DestinationError> destinations_of(const RtmpUrl& url,
                                                                   bool allow_private,
                                                                   const Resolver& resolve);

}  // namespace plenum::egress
