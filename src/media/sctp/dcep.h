#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

/// Data Channel Establishment Protocol, RFC 8832: the two messages that open a channel in-band.
namespace plenum::sctp::dcep {

/// DATA_CHANNEL_OPEN, section 5.1. Priority is not used by this server and not kept.
struct Open {
  bool ordered = true;
  /// At most one of the two is set; neither = reliable.
  std::optional<std::uint32_t> max_retransmits{};
  std::optional<std::uint32_t> max_lifetime_ms{};
  std::string label{};
  std::string protocol{};
  friend bool operator==(const Open&, const Open&) = default;
};
/// DATA_CHANNEL_ACK, section 5.2.
struct Ack {
  friend bool operator==(const Ack&, const Ack&) = default;
};
using Message = std::variant<Open, Ack>;

enum class ParseError : std::uint8_t { too_short, unknown_message, unknown_channel_type, too_long };

/// Our bound on label and protocol, each; the field would allow 65535 bytes.
inline constexpr std::size_t kMaxNameSize = 1024;

Result<Message, ParseError> parse(Bytes message);
/// Label and protocol of at most kMaxNameSize bytes.
std::vector<std::byte> write(const Open& open);
std::vector<std::byte> write(const Ack& ack);

}  // namespace plenum::sctp::dcep
