#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "media/rtp/extensions.h"
#include "media/rtp/header.h"

namespace plenum::rtp {

/// What a sender chooses of the fixed header. RFC 3550 section 5.1; no CSRC list.
struct HeaderFields {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  RtpTime timestamp;
  Ssrc ssrc;
};

/// Writes the 12 bytes and, if `extensions` holds any, the extension block behind them. Returns the
/// size, which is where the payload begins, or 0 when `out` is too small.
std::size_t write_header(const HeaderFields& fields, const ExtensionWriter& extensions,
                         MutableBytes out);
std::size_t write_header(const HeaderFields& fields, MutableBytes out);

}  // namespace plenum::rtp
