#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace plenum {

enum class Transport : std::uint8_t { udp, tcp };

/// An IPv4 or IPv6 transport address. IPv4 lives in the first four bytes of `ip`.
struct Address {
  enum class Family : std::uint8_t { v4, v6 };
  std::array<std::uint8_t, 16> ip{};
  std::uint16_t port = 0;
  Family family = Family::v4;

  /// Parses "192.0.2.1" or "2001:db8::1" (no brackets, no zone). nullopt when it is neither.
  static std::optional<Address> parse(std::string_view ip_text, std::uint16_t port);
  std::string ip_text() const;
  /// "192.0.2.1:7882" or "[2001:db8::1]:7882".
  std::string text() const;
  /// Who one client is for limits: the address without its port; of IPv6 the /64, which one host
  /// may have to itself.
  Address network() const;
  bool is_loopback() const;
  bool is_link_local() const;
  friend bool operator==(const Address&, const Address&) = default;
};

/// Where a datagram came from or goes to: the remote address, the transport, and which of the
/// shard's sockets carries it. Two paths are equal only if a reply takes the same way back.
struct Path {
  Address remote;
  Transport transport = Transport::udp;
  /// Index of the local socket (UDP), or number of the connection (TCP), given by the shard.
  std::uint32_t local = 0;
  friend bool operator==(const Path&, const Path&) = default;
};

}  // namespace plenum

template <>
struct std::hash<plenum::Address> {
  std::size_t operator()(const plenum::Address& a) const noexcept {
    std::uint64_t h = 0xcbf29ce484222325u ^ a.port ^ (static_cast<std::uint64_t>(a.family) << 32);
    for (const std::uint8_t b : a.ip) h = (h ^ b) * 0x100000001b3u;
    return static_cast<std::size_t>(h ^ (h >> 29));
  }
};
template <>
struct std::hash<plenum::Path> {
  std::size_t operator()(const plenum::Path& p) const noexcept {
    return std::hash<plenum::Address>{}(p.remote) * 31 + p.local * 2 +
           static_cast<std::size_t>(p.transport);
  }
};
