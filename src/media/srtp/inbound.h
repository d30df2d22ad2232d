#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "media/rtp/header.h"
#include "media/srtp/profile.h"
#include "media/srtp/source_table.h"
#include "media/srtp/transform.h"

namespace plenum::srtp {

enum class OpenError : std::uint8_t {
  too_short,
  /// Forged, damaged, or sealed with another key.
  auth_failed,
  /// Index seen before, or older than the replay window. Never fatal: networks duplicate.
  replayed,
  /// An SRTCP packet whose E flag is clear: WebRTC encrypts always (RFC 8827 section 6.5).
  not_encrypted,
};

/// Opens what one transport receives: SRTP and SRTCP, RFC 3711 and RFC 7714. Estimates the rollover
/// counter and refuses replays per SSRC. Nothing is remembered of a packet whose authentication
/// failed. After an error the bytes of the packet are worthless.
/// Survives ICE restarts unchanged: the keys belong to the DTLS association.
class Inbound {
 public:
  explicit Inbound(const MasterKey& key);

  /// Opens in place; `protected_header` is rtp::parse_protected_header(packet). Returns the size of
  /// header and payload; `index_out`, if given, becomes the packet's 48-bit index.
  Result<std::size_t, OpenError> open_rtp(MutableBytes packet, const rtp::Header& protected_header,
                                          ExtSeq* index_out);
  /// Opens in place, returns the size of the compound packet.
  Result<std::size_t, OpenError> open_rtcp(MutableBytes packet);

 private:
  std::optional<std::uint64_t> authenticate_first(MutableBytes packet, const rtp::Header& header);

  Profile profile_;
  Transform rtp_;
  Transform rtcp_;
  SourceTable rtp_sources_;
  SourceTable rtcp_sources_;
};

/// RFC 3711 section 3.3.1 and appendix A: the index nearest to `highest` that ends in `sequence`.
std::uint64_t estimate_index(std::uint64_t highest, std::uint16_t sequence);

}  // namespace plenum::srtp
