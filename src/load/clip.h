#pragma once
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "media/codec/codec.h"

namespace plenum::load {

enum class ClipError : std::uint8_t {
  not_ivf,
  unknown_codec,
  bad_frame_rate,
  truncated,
  too_many_frames,
  empty_frame,
  /// A video clip has to begin with a key frame, and an empty one is of no use.
  no_keyframe,
};

/// A piece of media that can be repeated without end. Views into the bytes it was read from.
struct Clip {
  codec::Codec codec = codec::Codec::vp8;
  std::uint16_t width = 0;
  std::uint16_t height = 0;
  Duration frame_interval{};
  /// Of H.264 with start codes, as an Annex B stream.
  std::vector<Bytes> frames;
};

/// Most frames that a clip may have.
inline constexpr std::size_t kMaxClipFrames = 10'000;

/// Reads an IVF file of VP8, H.264 or Opus.
Result<Clip, ClipError> read_clip(Bytes ivf);

}  // namespace plenum::load
