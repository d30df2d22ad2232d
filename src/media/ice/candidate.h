#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"

/// The candidate attribute: RFC 8839 section 5.1, with tcptype of RFC 6544 section 4.5.
namespace plenum::ice {

enum class CandidateType : std::uint8_t { host, srflx, prflx, relay };
enum class TcpType : std::uint8_t { active, passive, so };

struct Candidate {
  std::string foundation;
  std::uint32_t component = 1;
  Transport transport = Transport::udp;
  std::uint32_t priority = 0;
  Address address;
  CandidateType type = CandidateType::host;
  /// Present exactly for TCP.
  std::optional<TcpType> tcp_type;
  /// The `ufrag` extension that browsers add when trickling; empty if absent.
  std::string ufrag;
  friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// RFC 8445 section 5.1.2.1. type_preference 0…126, local_preference 0…65535, component 1…256.
constexpr std::uint32_t priority(std::uint32_t type_preference, std::uint32_t local_preference,
                                 std::uint32_t component) {
  return (type_preference << 24) + (local_preference << 8) + (256 - component);
}

/// A host candidate of this server, component 1. TCP is passive. `index` tells several addresses
/// apart: 0 is preferred.
Candidate host_candidate(Transport transport, const Address& address, std::uint16_t index = 0);

/// "candidate:…" without "a=": the same text stands in SDP and in a trickled candidate.
std::string to_sdp(const Candidate& candidate);

enum class CandidateError : std::uint8_t {
  malformed,
  /// A name in place of an address (mDNS ".local"): valid, but nothing to send to.
  unresolvable,
  unknown_transport,
};

/// Accepts the text with or without "a=" before it. Unknown extensions are skipped.
Result<Candidate, CandidateError> parse_candidate(std::string_view text);

}  // namespace plenum::ice
