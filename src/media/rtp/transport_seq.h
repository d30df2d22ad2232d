#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace plenum::rtp {

/// The value of the transport-wide sequence number extension.
/// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2
inline constexpr std::size_t kTransportSeqSize = 2;
constexpr std::array<std::byte, kTransportSeqSize> transport_seq_value(std::uint16_t sequence) {
  return {static_cast<std::byte>(sequence >> 8), static_cast<std::byte>(sequence & 0xff)};
}

}  // namespace plenum::rtp
