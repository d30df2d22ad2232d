#pragma once
#include <cstdint>

#include "media/codec/frame_info.h"
#include "media/rtp/extensions.h"
#include "media/rtp/packet.h"

namespace plenum::sfu {

/// One received packet as the selectors and subscriptions see it: parsed once, read by all.
/// Views point into `packet`, which lies in the track's cache for as long as a turn lasts.
struct TrackPacket {
  const rtp::Packet* packet = nullptr;
  rtp::ExtensionsView extensions;
  codec::FrameInfo frame;
  std::uint8_t layer = 0;
  /// Which of the streams that have carried this layer, one after the other (Track::epoch).
  std::uint32_t epoch = 0;
  /// The payload is RED (RFC 2198) around the codec.
  bool is_red = false;

  /// Nothing but padding, or nothing at all: a probe for bandwidth. Only its number matters.
  bool is_empty() const { return packet->payload().empty(); }
};

}  // namespace plenum::sfu
