#pragma once
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "media/rtp/header.h"

namespace plenum::rtp {

/// Retransmission payload format, RFC 4588 section 4: the original payload behind the original
/// sequence number (OSN), on an SSRC and payload type of its own.
inline constexpr std::size_t kOsnSize = 2;

enum class RtxError : std::uint8_t { truncated };

struct RtxContent {
  /// A probe or a filler: no payload but padding. Nothing was restored.
  bool padding_only = false;
  /// Size of the restored packet.
  std::size_t size = 0;
};

/// Makes the original packet of an RTX packet, in place: OSN becomes the sequence number, `ssrc`
/// and `payload_type` those of the media stream; `header` (from parse_header) is brought up to
/// date.
Result<RtxContent, RtxError> unwrap_rtx(MutableBytes packet, Header& header, Ssrc media_ssrc,
                                        std::uint8_t media_payload_type);

/// Writes what stands before the original payload in an RTX packet; returns kOsnSize, or 0 when
/// `out` is too small.
std::size_t write_osn(ExtSeq original, MutableBytes out);

}  // namespace plenum::rtp
