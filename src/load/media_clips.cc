#include "load/media_clips.h"

#include <stdexcept>

#include "load/bundled_clips.h"
#include "load/clip.h"

namespace plenum::load {
namespace {

/// With headers and extensions a packet stays within the 1200 bytes that browsers use.
constexpr std::size_t kMaxPayload = 1'100;

MediaClip prepare(Bytes ivf) {
  const auto clip = read_clip(ivf);
  if (!clip) throw std::runtime_error("a clip of the load generator is broken");
  MediaClip out{.codec = clip->codec,
                .width = clip->width,
                .height = clip->height,
                .frame_interval = clip->frame_interval,
                .frames = {}};
  std::uint64_t bytes = 0;
  for (const Bytes frame : clip->frames) {
    bytes += frame.size();
    out.frames.push_back(packetise(clip->codec, frame, kMaxPayload));
    if (out.frames.back().empty())
      throw std::runtime_error("a clip of the load generator has an empty frame");
  }
  const auto length_us =
      static_cast<std::uint64_t>(out.frame_interval.count()) * clip->frames.size();
  out.bitrate_bps = static_cast<std::uint32_t>(bytes * 8'000'000 / length_us);
  return out;
}

std::array<MediaClip, 3> prepare(const std::array<Bytes, 3>& layers) {
  return {prepare(layers[0]), prepare(layers[1]), prepare(layers[2])};
}

}  // namespace

MediaClips MediaClips::bundled() {
  return {.vp8_camera = prepare(bundled::vp8_camera),
          .h264_camera = prepare(bundled::h264_camera),
          .vp8_screen = prepare(bundled::vp8_screen),
          .h264_screen = prepare(bundled::h264_screen),
          .opus = prepare(bundled::opus_tone)};
}

}  // namespace plenum::load
