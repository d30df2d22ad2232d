#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "egress/manifest.h"
#include "egress/mute_log.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// The place of one source in a file: which track fills it now, and whether something is to come of
/// it. `Input` is CopiedAudio or CopiedVideo.
template <class Input>
struct CopySlot {
  TrackSource source{};
  std::optional<std::uint64_t> track{};
  codec::Codec codec{};
  /// Stays when its track goes, for what is still on its way. Null: none yet, or refused.
  std::unique_ptr<Input> input{};
  /// In the room, not muted, and of a codec that can be copied.
  bool is_live = false;
  /// The highest simulcast layer.
  std::uint8_t layer = 0;
  MuteLog mutes{};
};

}  // namespace plenum::egress
