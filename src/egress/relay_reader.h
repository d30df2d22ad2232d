#pragma once
#include <cstdint>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "egress/media_packet.h"

namespace plenum::egress {

struct SenderReport {
  NtpTime ntp{};
  RtpTime timestamp{};
};

/// One datagram of the media socket: a sfu::RelayHeader and what follows it.
struct RelayRecord {
  std::uint64_t track = 0;
  std::uint8_t layer = 0;
  /// Of a packet: its payload is RED (RFC 2198).
  bool red = false;
  std::variant<MediaPacket, SenderReport> what{};
};

/// nullopt: too short, no RTP packet, or of another kind. Who is muted is left to pb::Room.
std::optional<RelayRecord> read_relay_record(Bytes datagram, TimePoint arrival);

}  // namespace plenum::egress
