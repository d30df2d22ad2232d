#pragma once
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "media/peer/negotiation_types.h"
#include "media/rtp/outgoing.h"

namespace plenum::peer {

/// The header part of what one peer is sent: which extensions its sections agreed to, and the
/// transport-wide sequence number that counts all its packets.
class Downlinks {
 public:
  void update(const std::vector<SendSection>& sections);
  /// Writes the RTP header with its extensions. Returns its size; 0 when the SSRC is unknown.
  std::size_t write_header(const rtp::Outgoing& packet, MutableBytes out, TimePoint now);

 private:
  struct Stream {
    Ssrc ssrc;
    rtp::ExtensionMap extensions;
  };
  const Stream* find(Ssrc ssrc);
  std::vector<Stream> streams_;
  std::size_t last_ = 0;  // bursts ask for the same stream again and again
  std::uint16_t transport_seq_ = 0;
};

}  // namespace plenum::peer
