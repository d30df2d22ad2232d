#include "api/videosdk/live_json.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cmath>
#include <cstdint>
#include <ratio>
#include <string_view>
#include <unordered_map>

#include "api/videosdk/resources.h"
#include "media/codec/codec.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::Participant;
using control::Track;

constexpr std::array<const char*, 4> kLayers{"low", "medium", "high", "off"};
constexpr std::array<const char*, 4> kStates{"joining", "joined", "active", "disconnected"};
constexpr std::array<const char*, 4> kQualities{"poor", "good", "excellent", "lost"};
constexpr std::array<const char*, 3> kEncryptions{"none", "gcm", "custom"};

template <class E>
const char* word(const std::array<const char*, 3>& words, E value) {
  return words.at(static_cast<std::size_t>(value));
}
template <class E>
const char* word(const std::array<const char*, 4>& words, E value) {
  return words.at(static_cast<std::size_t>(value));
}

/// With two digits after the point.
double rounded(double value) { return std::round(value * 100) / 100; }
double percent(float fraction) { return rounded(100.0 * static_cast<double>(fraction)); }
double milliseconds(Duration d) {
  return rounded(std::chrono::duration<double, std::milli>(d).count());
}

/// To how many a track is sent, by the highest layer that each is to get.
using Receivers = std::array<std::int64_t, kLayers.size()>;
using ReceiversOf = std::unordered_map<const Track*, Receivers>;

/// The best of the layers there are that is not better than what was asked for.
control::VideoQuality layer_for(const control::Subscription& s) {
  const auto& layers = s.track->description.codecs.at(s.encoding).layers;
  if (layers.empty() || s.quality == control::VideoQuality::off) return s.quality;
  control::VideoQuality best = layers.front().quality;
  for (const control::VideoLayer& layer : layers)
    if (layer.quality <= s.quality) best = layer.quality;
  return best;
}

ReceiversOf receivers_in(const control::Room& room) {
  ReceiversOf out;
  for (const auto& [id, p] : room.participants)
    for (const auto& [sid, s] : p->subscriptions)
      if (s.bound) ++out[s.track].at(static_cast<std::size_t>(layer_for(s)));
  return out;
}

json::object receivers_json(const Track& track, const ReceiversOf& all) {
  const auto found = all.find(&track);
  const Receivers counts = found == all.end() ? Receivers{} : found->second;
  std::int64_t total = 0;
  json::object by_layer;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    by_layer[kLayers[i]] = counts[i];
  }
  json::object out{{"total", total}};
  if (track.is_video()) out["byLayer"] = std::move(by_layer);
  return out;
}

json::array layers_json(const control::TrackCodec& codec, const Track::Encoding& encoding) {
  json::array out;
  for (std::size_t i = 0; i < codec.layers.size(); ++i) {
    const control::VideoLayer& layer = codec.layers[i];
    json::object item{{"layer", word(kLayers, layer.quality)},
                      {"width", layer.width},
                      {"height", layer.height},
                      {"active", nullptr}};
    // Several layers within one stream are not told apart on the way.
    const bool known = encoding.simulcast || codec.layers.size() == 1;
    if (known && encoding.reported)
      item["active"] = (encoding.reported->active_layers >> i & 1) != 0;
    out.push_back(std::move(item));
  }
  return out;
}

json::object encoding_json(const control::TrackCodec& codec, const Track::Encoding& encoding) {
  json::object out{{"codec", codec::name(codec.codec)},
                   {"red", codec.red},
                   {"simulcast", encoding.simulcast},
                   {"bitrate", nullptr},
                   {"packetLoss", nullptr},
                   {"jitter", nullptr}};
  if (const auto& figures = encoding.reported) {
    out["bitrate"] = figures->bitrate_bps;
    out["packetLoss"] = percent(figures->loss);
    out["jitter"] = milliseconds(figures->jitter);
  }
  if (codec::kind(codec.codec) == MediaKind::video) out["layers"] = layers_json(codec, encoding);
  return out;
}

json::object track_json(const Track& track, const ReceiversOf& receivers) {
  const control::TrackDescription& d = track.description;
  json::array encodings;
  for (std::size_t i = 0; i < track.encodings.size(); ++i)
    if (track.encodings[i].bound)
      encodings.push_back(encoding_json(d.codecs.at(i), track.encodings[i]));
  return {{"trackId", d.sid},
          {"name", d.name},
          {"kind", track.is_video() ? "video" : "audio"},
          {"source", control::source_name(d.source)},
          {"muted", d.muted},
          {"encryption", word(kEncryptions, d.encryption)},
          {"width", d.width},
          {"height", d.height},
          {"encodings", std::move(encodings)},
          {"receivers", receivers_json(track, receivers)}};
}

json::object downlink_json(const shard::Quality::Downlink& down) {
  return {{"bitrate", down.bitrate_bps},
          {"packetLoss", percent(down.loss)},
          {"jitter", milliseconds(down.jitter)}};
}

json::object participant_json(const Participant& p, const ReceiversOf& receivers) {
  json::array tracks;
  for (const auto& track : p.tracks)
    if (track->published) tracks.push_back(track_json(*track, receivers));
  const bool scored = p.quality_score > 0;
  const auto received = std::ranges::count_if(p.subscriptions, [](const auto& each) {
    return each.second.bound && each.second.quality != control::VideoQuality::off;
  });
  return {{"participantId", p.identity},
          {"name", p.name},
          {"sid", p.sid},
          {"state", word(kStates, p.state)},
          {"waiting", p.waiting},
          {"hidden", p.permissions.hidden},
          {"joinedAt", time_text(p.joined_at_ms)},
          {"software", json::object{{"sdk", p.client.sdk},
                                    {"version", p.client.version},
                                    {"os", p.client.os},
                                    {"browser", p.client.browser}}},
          {"quality", scored ? json::value(word(kQualities, p.quality)) : json::value()},
          {"qualityScore",
           scored ? json::value(rounded(static_cast<double>(p.quality_score))) : json::value()},
          {"rtt",
           p.reported.rtt > Duration{} ? json::value(milliseconds(p.reported.rtt)) : json::value()},
          {"receives", json::object{{"tracks", received},
                                    {"audio", downlink_json(p.reported.audio)},
                                    {"video", downlink_json(p.reported.video)}}},
          {"tracks", std::move(tracks)}};
}

}  // namespace

json::object live_room_json(const control::Room& room) {
  const control::RoomSnapshot snapshot = room.snapshot();
  std::uint64_t in = 0, out = 0, tracks = 0;
  for (const auto& [id, p] : room.participants) {
    out += p->reported.audio.bitrate_bps + p->reported.video.bitrate_bps;
    tracks += p->tracks.size();
    for (const auto& track : p->tracks)
      for (const Track::Encoding& encoding : track->encodings)
        if (encoding.reported) in += encoding.reported->bitrate_bps;
  }
  return {{"roomId", room.name},
          {"sid", room.sid},
          {"openedAt", time_text(room.creation_time_ms)},
          {"connections", room.participants.size()},
          {"participants", snapshot.num_participants},
          {"publishers", snapshot.num_publishers},
          {"maxParticipants", snapshot.max_participants},
          {"tracks", tracks},
          {"recording", snapshot.active_recording},
          {"bitrateIn", in},
          {"bitrateOut", out}};
}

json::array live_participants_json(const control::Room& room, std::size_t skipped,
                                   std::size_t count) {
  const ReceiversOf receivers = receivers_in(room);
  json::array out;
  for (const auto& [id, p] : room.participants) {
    if (out.size() == count) break;
    if (skipped == 0) out.push_back(participant_json(*p, receivers));
    if (skipped > 0) --skipped;
  }
  return out;
}

}  // namespace plenum::videosdk_api
