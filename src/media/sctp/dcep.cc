#include "media/sctp/dcep.h"

#include <cassert>

namespace plenum::sctp::dcep {
namespace {

// RFC 8832 section 8.2.1.
constexpr std::uint8_t kMessageAck = 0x02;
constexpr std::uint8_t kMessageOpen = 0x03;

// Channel types, RFC 8832 section 5.1.
constexpr std::uint8_t kUnordered = 0x80;
constexpr std::uint8_t kReliable = 0x00;
constexpr std::uint8_t kPartialRetransmit = 0x01;
constexpr std::uint8_t kPartialTimed = 0x02;

constexpr std::size_t kOpenHeaderSize = 12;
/// "Normal" in RFC 8831 section 6.4.
constexpr std::uint16_t kPriority = 256;

Result<Message, ParseError> parse_open(ByteReader& reader) {
  const std::uint8_t type = reader.u8();
  reader.u16();  // priority
  const std::uint32_t reliability = reader.u32();
  const std::uint16_t label_size = reader.u16();
  const std::uint16_t protocol_size = reader.u16();
  if (!reader.ok()) return Err{ParseError::too_short};
  if (label_size > kMaxNameSize || protocol_size > kMaxNameSize) return Err{ParseError::too_long};

  Open open;
  open.ordered = (type & kUnordered) == 0;
  switch (type & ~kUnordered) {
    case kReliable:
      break;
    case kPartialRetransmit:
      open.max_retransmits = reliability;
      break;
    case kPartialTimed:
      open.max_lifetime_ms = reliability;
      break;
    default:
      return Err{ParseError::unknown_channel_type};
  }
  open.label = as_text(reader.bytes(label_size));
  open.protocol = as_text(reader.bytes(protocol_size));
  if (!reader.ok()) return Err{ParseError::too_short};
  return Message(std::move(open));
}

}  // namespace

Result<Message, ParseError> parse(Bytes message) {
  ByteReader reader(message);
  const std::uint8_t type = reader.u8();
  if (!reader.ok()) return Err{ParseError::too_short};
  if (type == kMessageAck) return Message(Ack{});
  if (type == kMessageOpen) return parse_open(reader);
  return Err{ParseError::unknown_message};
}

std::vector<std::byte> write(const Open& open) {
  assert(open.label.size() <= kMaxNameSize && open.protocol.size() <= kMaxNameSize);
  std::uint8_t type = open.ordered ? kReliable : kUnordered;
  if (open.max_retransmits) type |= kPartialRetransmit;
  if (open.max_lifetime_ms) type |= kPartialTimed;

  std::vector<std::byte> out(kOpenHeaderSize + open.label.size() + open.protocol.size());
  ByteWriter writer(out);
  writer.u8(kMessageOpen);
  writer.u8(type);
  writer.u16(kPriority);
  writer.u32(open.max_retransmits ? *open.max_retransmits : open.max_lifetime_ms.value_or(0));
  writer.u16(open.label.size());
  writer.u16(open.protocol.size());
  writer.bytes(as_bytes(open.label));
  writer.bytes(as_bytes(open.protocol));
  return out;
}

std::vector<std::byte> write(const Ack&) { return {std::byte{kMessageAck}}; }

}  // namespace plenum::sctp::dcep
