#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

namespace plenum::rtp {

/// Redundant audio data, RFC 2198 section 3.
inline constexpr std::size_t kMaxRedBlocks = 16;                 // ours; browsers send at most nine
inline constexpr std::uint32_t kMaxRedTimestampOffset = 0x3fff;  // 14 bits
inline constexpr std::size_t kMaxRedBlockSize = 0x3ff;           // 10 bits

enum class RedError : std::uint8_t { empty, truncated, too_many_blocks };

struct RedBlock {
  std::uint8_t payload_type = 0;
  /// How much older than the packet's timestamp; 0 for the primary.
  std::uint16_t timestamp_offset = 0;
  Bytes data;
};

/// The blocks in wire order: oldest redundancy first, the primary last. Views into the payload.
struct RedView {
  std::array<RedBlock, kMaxRedBlocks> blocks;
  std::size_t count = 0;
  const RedBlock& primary() const { return blocks[count - 1]; }
};

Result<RedView, RedError> parse_red(Bytes payload);

}  // namespace plenum::rtp
