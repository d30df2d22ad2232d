#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "media/codec/codec.h"

namespace plenum::egress {

enum class Container : std::uint8_t { webm, mp4, ogg };

/// As a file name ends, and as FFmpeg calls it.
const char* word(Container container);

/// In which container streams are written as they are. `asked` is "webm", "mp4", "ogg" or empty, in
/// any case of letters: empty takes MP4 for H.264, Ogg for sound alone, else WebM. `video` unset:
/// sound alone; sound is always Opus. The error is a sentence for who asked.
Result<Container, std::string> container_for(std::string_view asked,
                                             std::optional<codec::Codec> video);

}  // namespace plenum::egress
