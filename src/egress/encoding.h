#pragma once
#include <cstdint>

namespace plenum::egress {

/// What a job is encoded to, once for all its outputs. WebM takes only VP8 and Opus of these; MP4,
/// HLS and RTMP take only H.264 and AAC.
enum class Encoding : std::uint8_t { h264_aac, vp8_opus };

}  // namespace plenum::egress
