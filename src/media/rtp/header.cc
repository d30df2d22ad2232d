#include "media/rtp/header.h"

namespace plenum::rtp {
namespace {

Result<Header, ParseError> parse_up_to_payload(Bytes packet) {
  if (packet.size() < kFixedHeaderSize) return Err{ParseError::too_short};
  const std::uint8_t first = be8(packet, 0);
  if (first >> 6 != 2) return Err{ParseError::bad_version};
  Header h;
  h.csrc_count = first & 0x0f;
  h.marker = (be8(packet, 1) & 0x80) != 0;
  h.payload_type = be8(packet, 1) & 0x7f;
  h.sequence = be16(packet, 2);
  h.timestamp = RtpTime(be32(packet, 4));
  h.ssrc = Ssrc(be32(packet, 8));

  std::size_t at = kFixedHeaderSize + 4u * h.csrc_count;
  if (packet.size() < at) return Err{ParseError::bad_csrc_count};
  if (first & 0x10) {
    if (packet.size() < at + 4) return Err{ParseError::bad_extension};
    h.extension_profile = be16(packet, at);
    const std::size_t size = 4u * be16(packet, at + 2);
    at += 4;
    // The offsets below are 16 bits wide: a length that lies must not wrap them.
    if (packet.size() - at < size || at + size > 0xffff) return Err{ParseError::bad_extension};
    h.extension_offset = static_cast<std::uint16_t>(at);
    h.extension_size = static_cast<std::uint16_t>(size);
    at += size;
  }
  h.payload_offset = static_cast<std::uint16_t>(at);
  return h;
}

}  // namespace

Result<Header, ParseError> parse_protected_header(Bytes packet) {
  return parse_up_to_payload(packet);
}

Result<Header, ParseError> parse_header(Bytes packet) {
  Result<Header, ParseError> h = parse_up_to_payload(packet);
  if (!h || !(be8(packet, 0) & 0x20)) return h;
  const std::size_t payload = packet.size() - h->payload_offset;
  if (payload == 0) return Err{ParseError::bad_padding};
  h->padding = be8(packet, packet.size() - 1);
  if (h->padding == 0 || h->padding > payload) return Err{ParseError::bad_padding};
  return h;
}

}  // namespace plenum::rtp
