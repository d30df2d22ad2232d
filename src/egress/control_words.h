#pragma once
#include <optional>

#include "egress/manifest.h"
#include "egress/plain_name.h"
#include "egress/scene.h"
#include "media/codec/codec.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

// What the server's messages say, in our own types.

/// What is empty or unknown takes its default.
LayoutConfig layout_config_from(const pb::Layout& layout);
/// nullopt: no codec that can be decoded here.
std::optional<codec::Codec> codec_from(const pb::Track& track);
constexpr bool is_video(pb::Source source) { return source == pb::CAMERA || source == pb::SCREEN; }

/// The same in the words of manifests, and back.
TrackSource source_from(pb::Source source);
pb::Source source_of(TrackSource source);

}  // namespace plenum::egress
