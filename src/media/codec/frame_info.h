#pragma once
#include <cstdint>

#include "base/bytes.h"
#include "media/codec/codec.h"
#include "media/rtp/dependency_descriptor.h"

namespace plenum::codec {

/// What a forwarder decides by: gathered once for each inbound packet, read by all subscriptions.
struct FrameInfo {
  /// The frame refers to nothing before it. For VP8 and H.264 only sure in its first packet.
  bool keyframe = false;
  /// First and last packet of a frame; in a scalable stream of one spatial layer's frame.
  bool start_of_frame = false;
  bool end_of_frame = false;
  /// Nothing refers to the frame.
  bool discardable = false;
  std::uint8_t spatial_id = 0;
  std::uint8_t temporal_id = 0;
  /// The frame's temporal layer may be entered with this frame even if only the base layer was
  /// forwarded so far (VP8 layer sync).
  bool switching_up = false;
  /// Once this frame is forwarded and can be decoded, temporal layers up to this one may be
  /// forwarded from here on (VP9 switching up point, switch indications of the dependency
  /// descriptor, any key frame: 7). Never below temporal_id.
  std::uint8_t switch_up_temporal_id = 0;
  bool has_picture_id = false;
  bool has_tl0_picture_index = false;
  std::uint16_t picture_id = 0;
  std::uint8_t tl0_picture_index = 0;
  /// On key frames if the packet tells, else 0.
  std::uint16_t width = 0;
  std::uint16_t height = 0;
};

inline constexpr std::uint8_t kHighestTemporalId = 7;

/// `payload` without padding and without RED; `descriptor` is the packet's dependency descriptor,
/// or nullptr. A descriptor wins over the payload, which may be encrypted end to end; of VP8 the
/// picture ids are read from the payload in any case. A payload that makes no sense yields what
/// the descriptor alone says.
FrameInfo inspect(Codec codec, Bytes payload, bool marker,
                  const rtp::DependencyDescriptor* descriptor);

}  // namespace plenum::codec
