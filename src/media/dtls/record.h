#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

/// The outside of DTLS records (RFC 6347 sections 4.1 and 4.2.2): as much as is needed to sort
/// datagrams before the library sees them. It decrypts nothing.
namespace plenum::dtls {

enum class ContentType : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23,
};

inline constexpr std::size_t kRecordHeaderSize = 13;
inline constexpr std::size_t kHandshakeHeaderSize = 12;

struct RecordView {
  ContentType type;
  std::uint16_t epoch;
  Bytes whole;
  Bytes body;
};

/// First-byte test for demultiplexing (RFC 7983): 20…63.
bool looks_like_dtls(Bytes datagram);

/// Takes the next record off the front of `rest`; nullopt at the end or at what is no record.
std::optional<RecordView> next_record(Bytes& rest);

/// True if the body of a plaintext handshake record consists of whole, consistent fragments: each
/// within its message, none empty unless the message is, no message above `max_message_bytes`.
bool is_sound_handshake(Bytes body, std::size_t max_message_bytes);

using HelloRandom = std::array<std::byte, 32>;

/// A plaintext fragment of a ClientHello.
struct HelloFragment {
  /// Only in a fragment that begins at offset 0.
  std::optional<HelloRandom> random;
};
/// The first ClientHello fragment in the datagram, if there is one.
std::optional<HelloFragment> find_client_hello(Bytes datagram);

}  // namespace plenum::dtls
