#pragma once
#include <cstdint>

#include "base/bytes.h"

/// A gate before usrsctp, whose parsers have had over-reads: lets through only packets whose chunks
/// and parameters lie inside their lengths and that a data channel has any use for. RFC 9260
/// section 3. Checks form, not state machine or checksum: those stay with usrsctp.
namespace plenum::sctp {

struct GuardState {
  std::uint16_t local_port = 0;
  std::uint16_t remote_port = 0;
  /// Then no new handshake is let in: WebRTC never restarts an association under the same DTLS.
  bool established = false;
};

bool is_acceptable(Bytes packet, const GuardState& state);

}  // namespace plenum::sctp
