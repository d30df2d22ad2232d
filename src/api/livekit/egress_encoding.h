// How an egress looks and is encoded: LiveKit's presets, options and layout names, as jobs have it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/livekit/twirp.h"
#include "base/result.h"
#include "control/egress_job.h"
#include "proto/livekit_egress.pb.h"

namespace plenum::livekit_api {

/// Sets size and orientation, or says what of it is not offered. Rates and qualities of encoders
/// are not read: they are this server's own.
Status<twirp::Error> read_preset(::livekit::EncodingOptionsPreset preset,
                                 control::EgressLayout& out);
Status<twirp::Error> read_advanced(const ::livekit::EncodingOptions& options,
                                   control::EgressLayout& out);

/// `base` with what the name says: grid, speaker or single-speaker, each also with -light or -dark;
/// "" is grid, and without an ending the theme stays. nullopt: no such layout.
std::optional<control::EgressLayout> named_layout(std::string_view name,
                                                  control::EgressLayout base);
/// The name of a layout, whoever chose it.
std::string layout_name(const control::EgressLayout& layout);
/// The preset that a layout's size is.
::livekit::EncodingOptionsPreset preset_of(const control::EgressLayout& layout);

}  // namespace plenum::livekit_api
