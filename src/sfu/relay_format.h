#pragma once
#include <cstdint>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/rtp/extension_map.h"
#include "sfu/packet.h"

namespace plenum::sfu {

/// What travels between the home of a track and its replicas. One format for shards, nodes and
/// recorders; fixed size, host byte order (both ends are one machine until a node link adds its
/// own).
struct RelayHeader {
  enum class Kind : std::uint8_t { rtp, sender_report, keyframe_request, muted };
  Kind kind = Kind::rtp;
  std::uint8_t layer = 0;
  bool red = false;
  bool muted = false;
  std::uint8_t reserved[4]{};
  std::uint64_t track = 0;
  std::uint64_t seq = 0;       // rtp: extended sequence number
  std::uint64_t ntp = 0;       // sender_report
  std::uint32_t rtp_time = 0;  // sender_report
  std::uint32_t reserved2 = 0;
};

/// The header extension ids used on every relay, whatever the publisher negotiated.
const rtp::ExtensionMap& relay_extensions();

/// Writes the packet as the relay carries it: fixed header, the extensions that survive a hop under
/// the relay's ids, payload without padding. Returns the size; 0 if `out` is too small.
std::size_t write_relay_packet(const TrackPacket& packet, MutableBytes out);

}  // namespace plenum::sfu
