#pragma once
#include <array>

#include "base/bytes.h"

namespace plenum::load {

/// The clips that are part of the program, as IVF files (tools/make_load_clips.py).
namespace bundled {
/// 320x180, 640x360, 1280x720 at 30 frames a second.
extern const std::array<Bytes, 3> vp8_camera;
extern const std::array<Bytes, 3> h264_camera;
/// 1280x720 at 5 frames a second.
extern const Bytes vp8_screen;
extern const Bytes h264_screen;
/// 20 ms a packet.
extern const Bytes opus_tone;
}  // namespace bundled

}  // namespace plenum::load
