// Messages of clients as control's requests (signal_codec.h). Numbers outside an enum become its
// neutral value: clients may be newer than this server.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "api/livekit/signal_codec.h"
#include "proto/livekit_room.pb.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;

struct RightName {
  const char* name;
  bool control::Rights::*right;
};
constexpr std::array kRights = {
    RightName{"admit", &control::Rights::admit},
    RightName{"moderate", &control::Rights::moderate},
    RightName{"publish", &control::Rights::publish},
    RightName{"subscribe", &control::Rights::subscribe},
};

control::TrackSource source_of(pb::TrackSource source) {
  return pb::TrackSource_IsValid(source) ? static_cast<control::TrackSource>(source)
                                         : control::TrackSource::unknown;
}

control::LayerMode mode_of(pb::VideoLayer::Mode mode) {
  switch (mode) {
    case pb::VideoLayer::ONE_SPATIAL_LAYER_PER_STREAM:
    case pb::VideoLayer::ONE_SPATIAL_LAYER_PER_STREAM_INCOMPLETE_RTCP_SR:
      return control::LayerMode::one_per_stream;
    case pb::VideoLayer::MULTIPLE_SPATIAL_LAYERS_PER_STREAM:
      return control::LayerMode::multiple_per_stream;
    default:
      return control::LayerMode::unused;
  }
}

control::VideoQuality quality_of(pb::VideoQuality quality) {
  return pb::VideoQuality_IsValid(quality) ? static_cast<control::VideoQuality>(quality)
                                           : control::VideoQuality::high;
}

template <class Layers>
std::vector<control::VideoLayer> layers_of(const Layers& layers) {
  std::vector<control::VideoLayer> out;
  for (const pb::VideoLayer& layer : layers) {
    if (out.size() == 2 * shard::kMaxLayers) break;  // the rest cannot be layers
    control::VideoLayer l;
    l.quality = quality_of(layer.quality());
    l.width = layer.width();
    l.height = layer.height();
    l.bitrate_bps = layer.bitrate();
    l.ssrc = layer.ssrc();
    l.repair_ssrc = layer.repair_ssrc();
    out.push_back(l);
  }
  return out;
}

/// At most kMaxNameBytes of a text, whole UTF-8 characters.
std::string shortened(const std::string& text) {
  if (text.size() <= kMaxNameBytes) return text;
  std::size_t size = kMaxNameBytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

control::ClientInfo client_info(const pb::ClientInfo& client) {
  control::ClientInfo out;
  out.protocol = client.protocol();
  out.client_protocol = client.client_protocol();
  // The others are told of them: no numbers without a meaning, and not thousands.
  for (const int capability : client.capabilities())
    if (pb::ClientInfo::Capability_IsValid(capability) &&
        std::find(out.capabilities.begin(), out.capabilities.end(), capability) ==
            out.capabilities.end())
      out.capabilities.push_back(capability);
  out.sdk = pb::ClientInfo::SDK_Name(client.sdk());
  out.version = shortened(client.version());
  out.os = shortened(client.os());
  out.os_version = shortened(client.os_version());
  out.browser = shortened(client.browser());
  out.browser_version = shortened(client.browser_version());
  out.device_model = shortened(client.device_model());
  return out;
}

template <class Repeated>
std::vector<std::string> texts_of(const Repeated& texts) {
  return {texts.begin(), texts.end()};
}

std::optional<control::RoomSettings> room_settings(const AccessToken& token) {
  if (!token.room_config) return std::nullopt;
  pb::RoomConfiguration config;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (!google::protobuf::util::JsonStringToMessage(boost::json::serialize(*token.room_config),
                                                   &config, options)
           .ok())
    return std::nullopt;
  control::RoomSettings out;
  if (config.empty_timeout() > 0) out.empty_timeout = std::chrono::seconds(config.empty_timeout());
  if (config.departure_timeout() > 0)
    out.departure_timeout = std::chrono::seconds(config.departure_timeout());
  if (config.max_participants() > 0) out.max_participants = config.max_participants();
  if (!config.metadata().empty()) out.metadata = config.metadata();
  return out;
}

/// Who may administer the room by the server API may do so from within, too.
control::Rights rights_of(const AccessToken& token, const control::Permissions& permissions) {
  if (!token.rights)
    return {.admit = token.grants.room_admin,
            .moderate = token.grants.room_admin,
            .publish = permissions.can_publish,
            .subscribe = permissions.can_subscribe};
  control::Rights out{.publish = false, .subscribe = false};
  for (const auto& [name, right] : kRights)
    out.*right = std::ranges::find(*token.rights, name) != token.rights->end();
  return out;
}

}  // namespace

std::vector<std::string> names_of(const control::Rights& rights) {
  std::vector<std::string> out;
  for (const auto& [name, right] : kRights)
    if (rights.*right) out.emplace_back(name);
  return out;
}

control::JoinRequest join_request(const AccessToken& token, const JoinParameters& parameters) {
  control::JoinRequest out;
  out.api_key = token.api_key;
  out.room = token.grants.room;
  out.identity = token.identity;
  out.name = token.name;
  out.metadata = parameters.metadata.empty() ? token.metadata : parameters.metadata;
  out.attributes = token.attributes;
  for (const auto& [key, value] : parameters.attributes) out.attributes[key] = value;
  out.keep_metadata = token.profile_kept && token.metadata.empty();
  out.keep_attributes = token.profile_kept && token.attributes.empty();
  out.permissions = permissions_of(token.grants);
  out.rights = rights_of(token, out.permissions);
  out.waiting = token.waiting;
  out.kind = static_cast<control::ParticipantKind>(token.kind);
  out.kind_details = token.kind_details;
  out.client = client_info(parameters.client);
  out.auto_subscribe = parameters.auto_subscribe;
  out.adaptive_stream = parameters.adaptive_stream;
  out.disable_ice_lite = parameters.disable_ice_lite;
  out.single = parameters.single_peer_connection;
  out.token_not_before = token.not_before;
  out.room_settings = room_settings(token);
  if (!parameters.publish_only.empty()) {
    out.token_identity = token.identity;
    out.identity += "#" + parameters.publish_only;
    out.permissions.can_subscribe = false;
  }
  return out;
}

control::AddTrack add_track_request(const pb::AddTrackRequest& message) {
  control::AddTrack out;
  out.cid = message.cid();
  out.name = message.name();
  out.sid = message.sid();
  out.stream = message.stream();
  out.kind = message.type() == pb::VIDEO ? MediaKind::video : MediaKind::audio;
  out.source = source_of(message.source());
  out.width = message.width();
  out.height = message.height();
  out.muted = message.muted();
  out.disable_dtx = message.disable_dtx();
  out.stereo = message.stereo();
  out.disable_red = message.disable_red();
  if (pb::Encryption::Type_IsValid(message.encryption()))
    out.encryption = static_cast<control::Encryption>(message.encryption());
  out.layers = layers_of(message.layers());
  for (const pb::SimulcastCodec& codec : message.simulcast_codecs()) {
    if (out.codecs.size() == 4) break;  // two are used at most
    out.codecs.push_back(
        {codec.codec(), codec.cid(), layers_of(codec.layers()), mode_of(codec.video_layer_mode())});
  }
  for (const int feature : message.audio_features()) out.audio_features.push_back(feature);
  out.backup_codec_policy = message.backup_codec_policy();
  return out;
}

control::TrackSettings track_settings(const pb::UpdateTrackSettings& message) {
  control::TrackSettings out;
  out.disabled = message.disabled();
  out.quality = quality_of(message.quality());
  out.width = message.width();
  out.height = message.height();
  out.fps = message.fps();
  return out;
}

control::SubscriptionPermission subscription_permission(const pb::SubscriptionPermission& message) {
  control::SubscriptionPermission out;
  out.all_participants = message.all_participants();
  for (const pb::TrackPermission& entry : message.track_permissions())
    out.entries.push_back({entry.participant_sid(), entry.participant_identity(),
                           entry.all_tracks(), texts_of(entry.track_sids())});
  return out;
}

control::SyncState sync_state(const pb::SyncState& message) {
  control::SyncState out;
  out.track_sids = track_sids(message.subscription());
  out.subscribe = message.subscription().subscribe();
  out.disabled_track_sids = texts_of(message.track_sids_disabled());
  for (const pb::TrackPublishedResponse& published : message.publish_tracks())
    out.published_track_sids.push_back(published.track().sid());
  return out;
}

std::vector<std::string> track_sids(const pb::UpdateSubscription& message) {
  std::vector<std::string> out = texts_of(message.track_sids());
  for (const pb::ParticipantTracks& tracks : message.participant_tracks())
    out.insert(out.end(), tracks.track_sids().begin(), tracks.track_sids().end());
  return out;
}

}  // namespace plenum::livekit_api
