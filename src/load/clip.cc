#include "load/clip.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace plenum::load {
namespace {

constexpr std::size_t kFileHeader = 32;
constexpr std::size_t kFrameHeader = 12;
constexpr std::uint32_t kMaxFrameRate = 1'000;

/// IVF counts in little endian.
std::uint32_t le(Bytes b, std::size_t at, std::size_t n) {
  std::uint32_t v = 0;
  for (std::size_t i = 0; i < n; ++i) v |= std::to_integer<std::uint32_t>(b[at + i]) << (8 * i);
  return v;
}

std::optional<codec::Codec> codec_of(std::string_view fourcc) {
  if (fourcc == "VP80") return codec::Codec::vp8;
  if (fourcc == "H264") return codec::Codec::h264;
  if (fourcc == "OPUS") return codec::Codec::opus;
  return std::nullopt;
}

bool is_keyframe(codec::Codec codec, Bytes frame) {
  switch (codec) {
    case codec::Codec::vp8:
      return (be8(frame, 0) & 1) == 0;  // RFC 6386 section 9.1
    case codec::Codec::h264:            // parameter sets come first: RFC 6184 section 1.3
      return frame.size() > 4 && be32(frame, 0) == 1 && (be8(frame, 4) & 0x1f) == 7;
    default:
      return true;
  }
}

}  // namespace

Result<Clip, ClipError> read_clip(Bytes ivf) {
  if (ivf.size() < kFileHeader || as_text(ivf.first(4)) != "DKIF" || le(ivf, 6, 2) != kFileHeader)
    return Err{ClipError::not_ivf};
  Clip clip;
  const auto codec = codec_of(as_text(ivf.subspan(8, 4)));
  if (!codec) return Err{ClipError::unknown_codec};
  clip.codec = *codec;
  clip.width = static_cast<std::uint16_t>(le(ivf, 12, 2));
  clip.height = static_cast<std::uint16_t>(le(ivf, 14, 2));
  const std::uint32_t rate = le(ivf, 16, 4), scale = le(ivf, 20, 4);
  if (scale == 0 || rate < scale || rate / scale > kMaxFrameRate)
    return Err{ClipError::bad_frame_rate};
  clip.frame_interval = Duration(1'000'000ull * scale / rate);
  for (std::size_t at = kFileHeader; at < ivf.size();) {
    if (ivf.size() - at < kFrameHeader) return Err{ClipError::truncated};
    const std::size_t size = le(ivf, at, 4);
    at += kFrameHeader;
    if (size == 0) return Err{ClipError::empty_frame};
    if (size > ivf.size() - at) return Err{ClipError::truncated};
    if (clip.frames.size() == kMaxClipFrames) return Err{ClipError::too_many_frames};
    clip.frames.push_back(ivf.subspan(at, size));
    at += size;
  }
  if (clip.frames.empty() || !is_keyframe(clip.codec, clip.frames.front()))
    return Err{ClipError::no_keyframe};
  return clip;
}

}  // namespace plenum::load
