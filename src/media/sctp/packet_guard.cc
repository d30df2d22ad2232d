#include "media/sctp/packet_guard.h"

namespace plenum::sctp {
namespace {

constexpr std::size_t kCommonHeaderSize = 12;  // RFC 9260 section 3.1
constexpr std::size_t kChunkHeaderSize = 4;
constexpr std::size_t kInitFixedSize = 20;  // RFC 9260 section 3.3.2, chunk header included
constexpr std::size_t kDataFixedSize = 16;  // RFC 9260 section 3.3.1
constexpr std::size_t kSackFixedSize = 16;  // RFC 9260 section 3.3.4

/// Chunk types, RFC 9260 section 3.2 and the RFCs named.
enum Chunk : std::uint8_t {
  data = 0,
  init = 1,
  init_ack = 2,
  sack = 3,
  heartbeat = 4,
  heartbeat_ack = 5,
  abort = 6,
  shutdown = 7,
  shutdown_ack = 8,
  error = 9,
  cookie_echo = 10,
  cookie_ack = 11,
  shutdown_complete = 14,
  re_config = 130,    // RFC 6525
  forward_tsn = 192,  // RFC 3758
};

/// Parameters of INIT and INIT ACK that carry addresses. RFC 8831 section 5: no multihoming.
bool is_address(std::uint16_t parameter) {
  constexpr std::uint16_t kIpv4 = 5, kIpv6 = 6, kHostName = 11;
  return parameter == kIpv4 || parameter == kIpv6 || parameter == kHostName;
}

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

/// Walks parameters or error causes: both are type, length, value, padding.
bool are_parameters_sound(Bytes b, bool may_have_addresses) {
  while (!b.empty()) {
    if (b.size() < 4) return false;
    const std::size_t size = be16(b, 2);
    if (size < 4 || size > b.size()) return false;
    if (!may_have_addresses && is_address(be16(b, 0))) return false;
    b = b.subspan(std::min(padded(size), b.size()));
  }
  return true;
}

bool is_sack_sound(Bytes chunk) {
  if (chunk.size() < kSackFixedSize) return false;
  return chunk.size() == kSackFixedSize + 4 * (std::size_t{be16(chunk, 12)} + be16(chunk, 14));
}

/// One chunk, its padding cut off. A type that nobody negotiated is refused: there is no reason to
/// send it, and the code behind it is the least tried.
bool is_chunk_sound(Bytes chunk) {
  const Bytes value = chunk.subspan(kChunkHeaderSize);
  switch (be8(chunk, 0)) {
    case data:
      return chunk.size() > kDataFixedSize;
    case init:
    case init_ack:
      return chunk.size() >= kInitFixedSize &&
             are_parameters_sound(chunk.subspan(kInitFixedSize), false);
    case sack:
      return is_sack_sound(chunk);
    case heartbeat:
    case heartbeat_ack:
    case abort:
    case error:
    case re_config:
      return are_parameters_sound(value, true);
    case shutdown:
      return value.size() == 4;
    case cookie_echo:
      return !value.empty();
    case forward_tsn:
      return value.size() >= 4 && value.size() % 4 == 0;
    case shutdown_ack:
    case cookie_ack:
    case shutdown_complete:
      return value.empty();
    default:
      return false;
  }
}

}  // namespace

bool is_acceptable(Bytes packet, const GuardState& state) {
  if (packet.size() < kCommonHeaderSize + kChunkHeaderSize) return false;
  if (be16(packet, 0) != state.remote_port || be16(packet, 2) != state.local_port) return false;
  const bool has_tag = be32(packet, 4) != 0;

  Bytes rest = packet.subspan(kCommonHeaderSize);
  bool is_first = true;
  while (!rest.empty()) {
    if (rest.size() < kChunkHeaderSize) return false;
    const std::size_t size = be16(rest, 2);
    if (size < kChunkHeaderSize || size > rest.size()) return false;
    const Bytes chunk = rest.first(size);
    if (!is_chunk_sound(chunk)) return false;
    rest = rest.subspan(std::min(padded(size), rest.size()));

    const std::uint8_t type = be8(chunk, 0);
    if (type == init || type == init_ack) {  // alone in their packet, RFC 9260 section 6.10
      if (state.established || !is_first || !rest.empty()) return false;
    }
    if (is_first && has_tag == (type == init)) return false;  // only INIT goes without a tag
    is_first = false;
  }
  return true;
}

}  // namespace plenum::sctp
