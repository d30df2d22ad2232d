#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "media/rtp/extension_map.h"
#include "media/rtp/header.h"

namespace plenum::rtp {

/// RFC 6464. level_dbov: 0 = loudest, 127 = silence (a negative dBov without its sign).
struct AudioLevel {
  std::uint8_t level_dbov = 127;
  bool voice = false;
};

/// What the negotiated extensions of one packet say. Views point into the packet.
struct ExtensionsView {
  std::optional<AudioLevel> audio_level;
  std::optional<std::uint32_t> abs_send_time;  // 24 bits, 6.18 fixed-point seconds
  std::optional<std::uint16_t> transport_seq;
  std::string_view mid;
  std::string_view rid;
  std::string_view repaired_rid;
  Bytes dependency_descriptor;
  Bytes abs_capture_time;
  Bytes video_orientation;
  Bytes playout_delay;
};

/// Reads one- and two-byte forms (RFC 8285). Unknown ids are skipped, a broken element ends the
/// walk; never reads outside the extension block that parse_header found.
ExtensionsView parse_extensions(Bytes packet, const Header& header, const ExtensionMap& map);

/// Builds the extension block of an outgoing packet: add() in any order, then finish().
/// One-byte form unless an id > 14 or a value of 0 or > 16 bytes needs two.
class ExtensionWriter {
 public:
  static constexpr std::size_t kMaxSize = 256;
  /// Skipped silently when the id is 0 (not negotiated) or the block is full.
  void add(std::uint8_t id, Bytes value);
  bool empty() const { return count_ == 0; }
  /// Writes the 4-byte extension header and the padded elements into `out`; returns the size,
  /// a multiple of 4, or 0 when nothing was added (then the X bit must stay clear) or `out` is too
  /// small.
  std::size_t finish(MutableBytes out) const;

 private:
  struct Element {
    std::uint8_t id;
    std::uint8_t size;
    std::uint16_t offset;
  };
  std::array<Element, 16> elements_;
  std::array<std::byte, kMaxSize> values_;
  std::uint16_t used_ = 0;
  std::uint8_t count_ = 0;
};

}  // namespace plenum::rtp
