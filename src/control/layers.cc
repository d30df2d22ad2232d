#include "control/layers.h"

#include <algorithm>
#include <array>

namespace plenum::control {
namespace {

/// Heights of the lower two layers where a client declares no sizes (livekit-wire 6.2).
constexpr std::uint32_t kLowSide = 180;
constexpr std::uint32_t kMediumSide = 360;

/// A request counts as met by a layer a little smaller than asked.
bool meets(std::uint32_t have, std::uint32_t asked) {
  return std::uint64_t{have} * 10 >= std::uint64_t{asked} * 9;
}

VideoQuality quality_for_size(const std::vector<VideoLayer>& layers, std::uint32_t width,
                              std::uint32_t height) {
  const bool sizes_known =
      !layers.empty() &&
      std::all_of(layers.begin(), layers.end(), [](const VideoLayer& l) { return l.height > 0; });
  if (sizes_known) {
    for (const VideoLayer& layer : layers)
      if (meets(layer.height, height)) return layer.quality;
    return layers.back().quality;
  }
  const std::uint32_t side = std::min(width, height);
  if (meets(kLowSide, side)) return VideoQuality::low;
  if (meets(kMediumSide, side)) return VideoQuality::medium;
  return VideoQuality::high;
}

/// Temporal layers halve the rate; a full rate of 30 frames a second is assumed. The layer that
/// gives at least what was asked.
std::uint8_t temporal_for_fps(std::uint32_t fps) {
  if (fps == 0 || fps > 15) return 0xff;
  return fps > 8 ? 1 : 0;
}

}  // namespace

std::vector<VideoLayer> normalised_layers(std::vector<VideoLayer> declared, LayerMode mode,
                                          std::uint32_t width, std::uint32_t height) {
  std::erase_if(declared, [](const VideoLayer& l) { return l.quality >= VideoQuality::off; });
  std::stable_sort(declared.begin(), declared.end(),
                   [](const VideoLayer& a, const VideoLayer& b) { return a.quality < b.quality; });
  declared.erase(
      std::unique(declared.begin(), declared.end(),
                  [](const VideoLayer& a, const VideoLayer& b) { return a.quality == b.quality; }),
      declared.end());
  if (declared.empty()) {
    VideoLayer only;
    only.width = width;
    only.height = height;
    declared.push_back(only);
  }
  static constexpr std::array<const char*, shard::kMaxLayers> kRids{"q", "h", "f"};
  const bool simulcast = mode != LayerMode::multiple_per_stream && declared.size() > 1;
  for (std::size_t i = 0; i < declared.size(); ++i) {
    declared[i].spatial_layer = static_cast<std::uint32_t>(i);
    if (simulcast) declared[i].rid = kRids[i];
    if (!simulcast) declared[i].rid.clear();
  }
  return declared;
}

VideoQuality wanted_quality(const std::vector<VideoLayer>& layers, const TrackSettings& settings) {
  if (settings.disabled || settings.quality >= VideoQuality::off) return VideoQuality::off;
  if (settings.width > 0) return quality_for_size(layers, settings.width, settings.height);
  return settings.quality;
}

shard::LayerTarget layer_target(const std::vector<VideoLayer>& layers,
                                const TrackSettings& settings) {
  shard::LayerTarget target;
  const VideoQuality quality = wanted_quality(layers, settings);
  target.enabled = quality != VideoQuality::off;
  if (!target.enabled) return target;
  target.max_spatial = 0;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i].quality <= quality) target.max_spatial = static_cast<std::uint8_t>(i);
  target.max_temporal = temporal_for_fps(settings.fps);
  return target;
}

}  // namespace plenum::control
