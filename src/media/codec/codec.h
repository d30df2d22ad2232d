#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ids.h"

namespace plenum::codec {

enum class Codec : std::uint8_t { opus, pcmu, pcma, g722, vp8, vp9, h264, av1, h265 };

constexpr MediaKind kind(Codec c) { return c <= Codec::g722 ? MediaKind::audio : MediaKind::video; }
constexpr std::uint32_t clock_rate(Codec c) {
  return c == Codec::opus ? 48'000u : c <= Codec::g722 ? 8'000u : 90'000u;
}
/// "video/VP8", "audio/opus": the spelling that clients compare with.
std::string_view mime(Codec c);
/// Lower case, without the kind: "vp8", "opus".
std::string_view name(Codec c);
/// Encoding name as in a=rtpmap, compared without case; nullopt when unknown.
std::optional<Codec> codec_by_name(MediaKind kind, std::string_view encoding_name);

}  // namespace plenum::codec
