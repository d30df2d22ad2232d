#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "egress/container.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// In which container streams are written as they are. `asked` is "webm", "mp4", "ogg" or empty, in
/// any case of letters: empty takes MP4 for H.264, Ogg for sound alone, else WebM. `video` unset:
/// sound alone; sound is always Opus. The error is a sentence for who asked.
Result<Container, std::string> container_for(std::string_view asked,
                                             std::optional<codec::Codec> video);

}  // namespace plenum::egress
