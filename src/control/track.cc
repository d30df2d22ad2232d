#include "control/track.h"

#include <algorithm>
#include <cctype>

#include "control/layers.h"
#include "control/participant.h"

namespace plenum::control {
namespace {

using codec::Codec;

/// TrackInfo.audio_features (livekit-wire 3.3).
constexpr int kFeatureStereo = 0;
constexpr int kFeatureNoDtx = 1;

bool has(const std::vector<int>& features, int feature) {
  return std::find(features.begin(), features.end(), feature) != features.end();
}

std::string default_stream(TrackSource source) {
  switch (source) {
    case TrackSource::camera:
    case TrackSource::microphone:
      return "camera";
    case TrackSource::screen_share:
    case TrackSource::screen_share_audio:
      return "screen";
    case TrackSource::unknown:
      break;
  }
  return {};
}

TrackCodec describe_codec(const AddTrack& request, const AddTrack::Codec& asked) {
  TrackCodec out;
  out.codec = enabled_codec(request.kind, asked.codec)
                  .value_or(request.kind == MediaKind::audio ? Codec::opus : Codec::vp8);
  out.cid = asked.cid;
  out.mode = layer_mode(out.codec, asked.mode);
  if (request.kind == MediaKind::video) {
    out.layers = normalised_layers(asked.layers.empty() ? request.layers : asked.layers, out.mode,
                                   request.width, request.height);
  }
  return out;
}

/// Whether media of that kind can come from that source.
bool fits(TrackSource source, MediaKind kind) {
  switch (source) {
    case TrackSource::camera:
    case TrackSource::screen_share:
      return kind == MediaKind::video;
    case TrackSource::microphone:
    case TrackSource::screen_share_audio:
      return kind == MediaKind::audio;
    case TrackSource::unknown:
      break;
  }
  return true;
}

/// The publisher chose it, and it becomes a token in other clients' SDP.
bool is_stream_name(std::string_view name) {
  constexpr std::size_t kMaxLength = 32;
  return !name.empty() && name.size() <= kMaxLength && name.substr(0, 3) != "TR_" &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-';
         });
}

}  // namespace

LayerMode layer_mode(Codec codec, LayerMode asked) {
  if (codec::kind(codec) == MediaKind::audio) return LayerMode::unused;
  if (asked != LayerMode::unused) return asked;
  return codec == Codec::vp9 || codec == Codec::av1 ? LayerMode::multiple_per_stream
                                                    : LayerMode::one_per_stream;
}

bool Permissions::may_publish(TrackSource source, MediaKind kind) const {
  if (!can_publish) return false;
  if (can_publish_sources.empty()) return true;
  return std::find(can_publish_sources.begin(), can_publish_sources.end(), source) !=
             can_publish_sources.end() &&
         fits(source, kind);
}

std::optional<std::size_t> Track::encoding_of(TrackId id) const {
  for (std::size_t i = 0; i < encodings.size(); ++i)
    if (encodings[i].id == id) return i;
  return std::nullopt;
}

std::optional<Codec> enabled_codec(MediaKind kind, std::string_view name) {
  if (const auto slash = name.find('/'); slash != std::string_view::npos)
    name.remove_prefix(slash + 1);
  if (kind == MediaKind::audio && (name == "red" || name == "RED")) return Codec::opus;
  const auto codec = codec::codec_by_name(kind, name);
  if (codec == Codec::g722) return std::nullopt;  // nobody offers it in a browser any more
  return codec;
}

std::string mime_type(const TrackCodec& codec) {
  return codec.red ? "audio/red" : std::string(codec::mime(codec.codec));
}

TrackDescription describe(const AddTrack& request, std::string sid) {
  TrackDescription out;
  out.sid = std::move(sid);
  out.name = request.name;
  out.kind = request.kind;
  out.source = request.source;
  out.muted = request.muted;
  out.width = request.width;
  out.height = request.height;
  out.encryption = request.encryption;
  out.stream = request.stream.empty() ? default_stream(request.source) : request.stream;
  out.disable_red = request.disable_red;
  out.backup_codec_policy = request.backup_codec_policy;
  out.audio_features = request.audio_features;
  out.stereo = request.stereo || has(request.audio_features, kFeatureStereo);
  out.disable_dtx = request.disable_dtx || has(request.audio_features, kFeatureNoDtx);
  if (request.kind == MediaKind::audio) {
    if (out.stereo && !has(out.audio_features, kFeatureStereo))
      out.audio_features.push_back(kFeatureStereo);
    if (out.disable_dtx && !has(out.audio_features, kFeatureNoDtx))
      out.audio_features.push_back(kFeatureNoDtx);
  }
  for (const AddTrack::Codec& asked : request.codecs) {
    const bool first = out.codecs.empty();
    if (!first && out.codecs.size() == 2) break;  // a primary and one backup
    TrackCodec codec = describe_codec(request, asked);
    if (first && codec.cid.empty()) codec.cid = request.cid;
    if (first || codec.codec != out.codecs[0].codec) out.codecs.push_back(std::move(codec));
  }
  if (out.codecs.empty()) out.codecs.push_back(describe_codec(request, {{}, request.cid, {}, {}}));
  return out;
}

shard::TrackInfo shard_track_info(const Track& track, std::size_t encoding) {
  const TrackDescription& d = track.description;
  const TrackCodec& codec = d.codecs.at(encoding);
  shard::TrackInfo info;
  info.track = track.encodings.at(encoding).id.value_or(TrackId{});
  info.kind = d.kind;
  info.preferred_codecs = {codec.codec};
  info.cid = codec.cid;
  info.layers =
      static_cast<std::uint8_t>(std::clamp<std::size_t>(codec.layers.size(), 1, shard::kMaxLayers));
  info.encrypted = d.encryption != Encryption::none;
  info.red_disabled = d.disable_red || info.encrypted;
  info.stereo = d.stereo;
  info.dtx_disabled = d.disable_dtx;
  info.is_voice = d.kind == MediaKind::audio && d.source != TrackSource::screen_share_audio;
  info.stream_id = track.owner->sid + "|" + d.sid;
  info.track_sid = d.sid;
  if (is_stream_name(d.stream)) info.sync_stream_id = track.owner->sid + "|" + d.stream;
  return info;
}

}  // namespace plenum::control
