#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace plenum::rtp {

inline constexpr std::size_t kFixedHeaderSize = 12;

enum class ParseError : std::uint8_t {
  too_short,
  bad_version,
  bad_csrc_count,
  bad_extension,
  bad_padding
};

/// The fixed header and the lengths of what follows it. RFC 3550 section 5.1, 5.3.1.
struct Header {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  RtpTime timestamp;
  Ssrc ssrc;
  std::uint8_t csrc_count = 0;
  /// "Defined by profile" of the extension: 0xBEDE, 0x1000…0x100F (RFC 8285); 0 = no extension.
  std::uint16_t extension_profile = 0;
  /// Extension elements, without the 4-byte extension header.
  std::uint16_t extension_offset = 0;
  std::uint16_t extension_size = 0;
  /// Where the payload begins = size of header, CSRCs and extension.
  std::uint16_t payload_offset = kFixedHeaderSize;
  /// Bytes at the end that are padding, including the count byte.
  std::uint8_t padding = 0;
};

/// Parses a plaintext packet (after SRTP), padding included.
Result<Header, ParseError> parse_header(Bytes packet);
/// The same for a protected packet: padding is still encrypted and stays 0.
Result<Header, ParseError> parse_protected_header(Bytes packet);

}  // namespace plenum::rtp
