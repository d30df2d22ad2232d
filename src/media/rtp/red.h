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

/// Wraps an audio stream into RED with up to two packets of redundancy. Only packets directly
/// before the primary in sequence are added, and only while the 14-bit offset, the 10-bit length
/// and the space allow; without any the result is a RED header and the primary alone.
class RedBuilder {
 public:
  static constexpr std::size_t kRedundancy = 2;

  /// Writes the RED payload for this packet, returns its size, or 0 when not even the primary fits.
  /// Packets come in the order in which they are sent; a late one gets no redundancy.
  std::size_t build(ExtSeq seq, RtpTime timestamp, std::uint8_t payload_type, Bytes payload,
                    MutableBytes out);
  void reset() { used_ = 0; }

 private:
  struct Previous {
    ExtSeq seq;
    RtpTime timestamp;
    std::uint16_t size = 0;
    std::uint8_t payload_type = 0;
    std::array<std::byte, kMaxRedBlockSize> data;
  };
  std::size_t usable(ExtSeq seq, RtpTime timestamp, std::size_t room) const;
  void remember(ExtSeq seq, RtpTime timestamp, std::uint8_t payload_type, Bytes payload);
  const Previous& back(std::size_t n) const {
    return previous_[(next_ + kRedundancy - n) % kRedundancy];
  }

  std::array<Previous, kRedundancy> previous_;
  std::size_t next_ = 0;
  std::size_t used_ = 0;
};

}  // namespace plenum::rtp
