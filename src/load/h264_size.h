#pragma once
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace plenum::load {

struct PictureSize {
  std::uint16_t width = 0, height = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

/// The size of the picture, from the sequence parameter set in an RTP payload: by itself or first
/// in a STAP-A (RFC 6184). ITU-T H.264 section 7.3.2.1.1; nullopt when there is none, or it is of a
/// profile that WebRTC does not use or makes no sense.
std::optional<PictureSize> h264_size(Bytes payload);

}  // namespace plenum::load
