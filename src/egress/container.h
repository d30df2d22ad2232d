#pragma once
#include <cstdint>

namespace plenum::egress {

enum class Container : std::uint8_t { webm, mp4, ogg };

/// As a file name ends, and as FFmpeg calls it.
const char* word(Container container);

}  // namespace plenum::egress
