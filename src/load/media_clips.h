#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "load/packetiser.h"
#include "media/codec/codec.h"

namespace plenum::load {

/// A clip, ready to be sent again and again.
struct MediaClip {
  codec::Codec codec = codec::Codec::vp8;
  std::uint16_t width = 0, height = 0;
  Duration frame_interval{};
  /// Bits per second, over the whole clip.
  std::uint32_t bitrate_bps = 0;
  std::vector<std::vector<Payload>> frames;
};

/// Everything that publishers send, cut into packets once for all of them.
struct MediaClips {
  /// Low to high.
  std::array<MediaClip, 3> vp8_camera, h264_camera;
  MediaClip vp8_screen, h264_screen, opus;

  /// Throws std::runtime_error when a bundled clip is not sound.
  static MediaClips bundled();
};

}  // namespace plenum::load
