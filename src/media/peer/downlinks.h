#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/slab.h"
#include "base/time.h"
#include "media/peer/negotiation_types.h"
#include "media/rtp/outgoing.h"

namespace plenum::peer {

/// The header part of what one peer is sent: which extensions its sections agreed to, and the
/// transport-wide sequence number that counts all its packets.
class Downlinks {
 public:
  void update(const std::vector<SendSection>& sections);
  /// The other end has reported on this stream: it knows now to which section it belongs.
  void handle_report(Ssrc ssrc);
  /// Start to fetch what write_header() will read: this object, then what it points at.
  void prefetch() const { __builtin_prefetch(this); }
  void prefetch_streams() const {
    __builtin_prefetch(ssrcs_.data());
    __builtin_prefetch(streams_.data());
  }
  /// Writes the RTP header with its extensions. Returns its size; 0 when the SSRC is unknown.
  std::size_t write_header(const rtp::Outgoing& packet, MutableBytes out, TimePoint now);

 private:
  struct Stream {
    bool reported = false;
    rtp::ExtensionMap extensions;
    /// Goes with each packet until the first report (RFC 8843 section 15). Packets often overtake
    /// the description that names their SSRC; Firefox then gives them to the first section with
    /// their payload type, and the right section stays silent for good.
    std::string mid;
  };
  const Stream* find(Ssrc ssrc);
  template <class T>
  using Vector = std::vector<T, slab::Allocator<T>>;
  Vector<Stream> streams_;
  Vector<Ssrc> ssrcs_;    // of streams_, apart from them: they are searched for each packet
  std::size_t last_ = 0;  // bursts ask for the same stream again and again
  std::uint16_t transport_seq_ = 0;
};

}  // namespace plenum::peer
