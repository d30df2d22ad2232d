// Rooms, participants, tracks and permissions as messages (signal_codec.h).
#include <algorithm>

#include "api/livekit/signal_codec.h"
#include "control/track.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;

std::uint32_t whole_seconds(Duration d) {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(d).count());
}

void fill_layer(const control::VideoLayer& layer, pb::VideoLayer& out) {
  out.set_quality(static_cast<pb::VideoQuality>(layer.quality));
  out.set_width(layer.width);
  out.set_height(layer.height);
  out.set_bitrate(layer.bitrate_bps);
  out.set_ssrc(layer.ssrc);
  out.set_repair_ssrc(layer.repair_ssrc);
  out.set_spatial_layer(static_cast<int>(layer.spatial_layer));
  out.set_rid(layer.rid);
}

void fill_codec(const control::TrackCodec& codec, pb::SimulcastCodecInfo& out) {
  out.set_mime_type(control::mime_type(codec));
  out.set_mid(codec.mid);
  out.set_cid(codec.cid);
  out.set_sdp_cid(codec.sdp_cid);
  out.set_video_layer_mode(static_cast<pb::VideoLayer::Mode>(codec.mode));
  for (const control::VideoLayer& layer : codec.layers) fill_layer(layer, *out.add_layers());
}

}  // namespace

pb::Room room_message(const control::RoomSnapshot& room) {
  pb::Room out;
  out.set_sid(room.sid);
  out.set_name(room.name);
  out.set_metadata(room.metadata);
  out.set_empty_timeout(whole_seconds(room.empty_timeout));
  out.set_departure_timeout(whole_seconds(room.departure_timeout));
  out.set_max_participants(room.max_participants);
  out.set_creation_time(room.creation_time_ms / 1000);
  out.set_creation_time_ms(room.creation_time_ms);
  out.set_num_participants(room.num_participants);
  out.set_num_publishers(room.num_publishers);
  out.set_active_recording(room.active_recording);
  return out;
}

pb::TrackInfo track_message(const control::TrackDescription& track) {
  pb::TrackInfo out;
  out.set_sid(track.sid);
  out.set_type(track.kind == MediaKind::audio ? pb::AUDIO : pb::VIDEO);
  out.set_name(track.name);
  out.set_muted(track.muted);
  out.set_width(track.width);
  out.set_height(track.height);
  out.set_disable_dtx(track.disable_dtx);
  out.set_source(static_cast<pb::TrackSource>(track.source));
  out.set_mid(track.mid);
  out.set_stereo(track.stereo);
  out.set_disable_red(track.disable_red);
  out.set_encryption(static_cast<pb::Encryption::Type>(track.encryption));
  out.set_stream(track.stream);
  out.set_backup_codec_policy(static_cast<pb::BackupCodecPolicy>(track.backup_codec_policy));
  for (const int feature : track.audio_features)
    out.add_audio_features(static_cast<pb::AudioTrackFeature>(feature));
  for (const control::TrackCodec& codec : track.codecs) fill_codec(codec, *out.add_codecs());
  // Older clients read these instead of `codecs`.
  const control::TrackCodec& primary = track.codecs.front();
  out.set_mime_type(control::mime_type(primary));
  out.set_simulcast(primary.layers.size() > 1);
  for (const control::VideoLayer& layer : primary.layers) fill_layer(layer, *out.add_layers());
  return out;
}

pb::ParticipantPermission permission_message(const control::Permissions& permissions) {
  pb::ParticipantPermission out;
  out.set_can_subscribe(permissions.can_subscribe);
  out.set_can_publish(permissions.can_publish);
  out.set_can_publish_data(permissions.can_publish_data);
  out.set_can_update_metadata(permissions.can_update_metadata);
  out.set_can_subscribe_metrics(permissions.can_subscribe_metrics);
  out.set_hidden(permissions.hidden);
  out.set_recorder(permissions.recorder);
  out.set_agent(permissions.agent);
  for (const control::TrackSource source : permissions.can_publish_sources)
    out.add_can_publish_sources(static_cast<pb::TrackSource>(source));
  return out;
}

control::Permissions permissions_of(const pb::ParticipantPermission& message) {
  control::Permissions out;
  out.can_subscribe = message.can_subscribe();
  out.can_publish = message.can_publish();
  out.can_publish_data = message.can_publish_data();
  out.can_update_metadata = message.can_update_metadata();
  out.can_subscribe_metrics = message.can_subscribe_metrics();
  out.hidden = message.hidden();
  out.recorder = message.recorder();
  out.agent = message.agent();
  for (const int source : message.can_publish_sources())
    if (source >= 0 && source <= static_cast<int>(control::TrackSource::screen_share_audio))
      out.can_publish_sources.push_back(static_cast<control::TrackSource>(source));
  // Sources nobody knows still restrict, and an empty list would allow all.
  if (!message.can_publish_sources().empty() && out.can_publish_sources.empty())
    out.can_publish = false;
  return out;
}

control::Permissions permissions_of(const Grants& grants) {
  return permissions_of(permission_of(grants));
}

pb::ParticipantInfo participant_message(const control::ParticipantSnapshot& p) {
  pb::ParticipantInfo out;
  out.set_sid(p.sid);
  out.set_identity(p.identity);
  out.set_name(p.name);
  out.set_metadata(p.metadata);
  out.set_state(static_cast<pb::ParticipantInfo::State>(p.state));
  out.set_version(p.version);
  out.set_joined_at(p.joined_at_ms / 1000);
  out.set_joined_at_ms(p.joined_at_ms);
  out.set_is_publisher(p.is_publisher);
  out.set_kind(static_cast<pb::ParticipantInfo::Kind>(p.kind));
  out.set_disconnect_reason(static_cast<pb::DisconnectReason>(p.disconnect_reason));
  out.set_client_protocol(p.client_protocol);
  *out.mutable_permission() = permission_message(p.permissions);
  for (const auto& [key, value] : p.attributes) (*out.mutable_attributes())[key] = value;
  for (const int capability : p.capabilities)
    out.add_capabilities(static_cast<pb::ClientInfo::Capability>(capability));
  for (const std::string& name : p.kind_details) {
    std::string upper = name;
    std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) {
      return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    });
    pb::ParticipantInfo::KindDetail detail;
    if (pb::ParticipantInfo::KindDetail_Parse(upper, &detail)) out.add_kind_details(detail);
  }
  for (const control::TrackDescription& track : p.tracks) *out.add_tracks() = track_message(track);
  return out;
}

}  // namespace plenum::livekit_api
