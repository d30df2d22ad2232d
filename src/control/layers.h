#pragma once
#include <vector>

#include "control/types.h"
#include "shard/messages.h"

/// From what a subscriber asked for to the layer it shall get (livekit-wire 6.2). Pure functions.
namespace plenum::control {

/// Sorted by quality, at most one per quality, with spatial_layer and, for simulcast, rid set.
std::vector<VideoLayer> normalised_layers(std::vector<VideoLayer> declared, LayerMode mode,
                                          std::uint32_t width, std::uint32_t height);

/// The quality that `settings` mean for a track with these layers; `off` = send nothing.
VideoQuality wanted_quality(const std::vector<VideoLayer>& layers, const TrackSettings& settings);

shard::LayerTarget layer_target(const std::vector<VideoLayer>& layers,
                                const TrackSettings& settings);

}  // namespace plenum::control
