#pragma once
#include <cstdint>

#include "base/strong.h"
#include "base/time.h"

namespace plenum {

/// RFC 3550 section 3: synchronisation source.
using Ssrc = Strong<struct SsrcTag, std::uint32_t>;
/// RTP clock ticks (8, 48 or 90 kHz by codec); wraps.
using RtpTime = Strong<struct RtpTimeTag, std::uint32_t>;
/// Sequence number already extended past the 16-bit wrap (RFC 3711 section 3.3.1).
using ExtSeq = Strong<struct ExtSeqTag, std::uint64_t>;

/// One room while it lives on this node. Never reused within a process.
using RoomId = Strong<struct RoomIdTag, std::uint64_t>;
/// One transport (peer connection) of a participant.
using PeerId = Strong<struct PeerIdTag, std::uint64_t>;
/// One published track in one codec. A track with a backup codec has two of them.
using TrackId = Strong<struct TrackIdTag, std::uint64_t>;
/// A listener outside the shards, such as a composition worker.
using TapId = Strong<struct TapIdTag, std::uint64_t>;
/// Index of a shard in this process: 0 … shards-1.
using ShardId = Strong<struct ShardIdTag, std::uint32_t>;

enum class MediaKind : std::uint8_t { audio, video };

/// Bits per second.
class Bitrate {
 public:
  constexpr Bitrate() = default;
  static constexpr Bitrate bps(std::uint64_t v) { return Bitrate(v); }
  static constexpr Bitrate kbps(std::uint64_t v) { return Bitrate(v * 1000); }
  constexpr std::uint64_t bps() const { return bps_; }
  constexpr std::uint64_t bytes_in(Duration d) const {
    return bps_ * static_cast<std::uint64_t>(d.count()) / 8'000'000;
  }
  friend constexpr auto operator<=>(Bitrate, Bitrate) = default;

 private:
  constexpr explicit Bitrate(std::uint64_t v) : bps_(v) {}
  std::uint64_t bps_ = 0;
};

}  // namespace plenum
