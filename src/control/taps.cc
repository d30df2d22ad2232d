#include "control/taps.h"

#include <algorithm>

namespace plenum::control {
namespace {

constexpr std::uint8_t kLastLayer = shard::kMaxLayers - 1;

/// Layer 0 is the lowest there is; a track of one layer has only that.
VideoQuality quality_of_layer(const Track& track, std::uint8_t layer) {
  const auto& layers = track.description.codecs.front().layers;
  return layer < layers.size() ? layers[layer].quality : VideoQuality::high;
}

}  // namespace

TapId Taps::open(const std::vector<int>& sockets) {
  const TapId tap(++last_);
  for (std::uint32_t i = 0; i < sockets.size(); ++i)
    world_.shards.post(ShardId(i), shard::OpenTap{tap, sockets[i]});
  open_[tap];
  return tap;
}

void Taps::set(TapId tap, const std::map<TrackId, std::uint8_t>& wanted, TimePoint now) {
  const auto it = open_.find(tap);
  if (it == open_.end()) return;
  const auto before = std::exchange(it->second, {});
  for (const auto& [id, layer] : before)
    if (!wanted.contains(id)) tell(tap, id, std::nullopt, now);
  for (const auto& [id, asked] : wanted) {
    const std::uint8_t layer = std::min(asked, kLastLayer);
    if (!world_.track(id).track) continue;
    it->second[id] = layer;
    const auto known = before.find(id);
    if (known == before.end() || known->second != layer) tell(tap, id, layer, now);
  }
}

void Taps::tell(TapId tap, TrackId id, std::optional<std::uint8_t> layer, TimePoint now) {
  const World::TrackRef ref = world_.track(id);
  if (!ref.track) return;
  Track& track = *ref.track;
  const auto up_to = static_cast<std::uint8_t>(layer ? (2u << *layer) - 1 : 0);
  world_.shards.post(track.owner->shard, shard::SetTapLayers{tap, id, up_to});
  if (!track.is_video()) return;
  track.taps.erase(tap);
  if (layer) {
    const bool simulcast = track.encodings.at(ref.encoding).simulcast;
    track.taps[tap] = simulcast ? quality_of_layer(track, *layer) : VideoQuality::high;
  }
  subscriptions_.update_dynacast(track, now);
}

void Taps::ask_key_frame(TapId tap, TrackId id, std::uint8_t layer) {
  const auto it = open_.find(tap);
  if (it == open_.end() || !it->second.contains(id)) return;
  if (const World::TrackRef ref = world_.track(id); ref.track)
    world_.shards.post(ref.track->owner->shard, shard::AskKeyFrame{id, layer});
}

void Taps::close(TapId tap, TimePoint now) {
  set(tap, {}, now);
  if (open_.erase(tap) == 0) return;
  for (std::uint32_t i = 0; i < world_.shards.count(); ++i)
    world_.shards.post(ShardId(i), shard::CloseTap{tap});
}

}  // namespace plenum::control
