// Events of control as SignalResponse messages (signal_codec.h).
#include <array>

#include "api/livekit/signal_codec.h"
#include "base/overloaded.h"
#include "control/track.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using Responses = std::vector<pb::SignalResponse>;

/// What one ParticipantUpdate may hold at most (livekit-wire appendix A).
constexpr std::size_t kMaxUpdateBytes = 128 * 1024;

/// In this order clients choose: the first is what every client can encode and decode.
constexpr std::array kPublishCodecs = {
    "video/VP8",  "video/H264", "video/VP9",  "video/AV1",  "video/H265",
    "audio/opus", "audio/red",  "audio/PCMU", "audio/PCMA",
};

pb::ServerInfo server_info(const SignalConfig& config) {
  pb::ServerInfo out;
  out.set_edition(pb::ServerInfo::Standard);
  out.set_version(kServerVersion);
  out.set_protocol(kServerProtocol);
  out.set_region(config.region);
  out.set_node_id(config.node_id);
  out.set_debug_info("plenum " + config.product_version);
  return out;
}

template <class Message>
void add_ice_servers(const SignalConfig& config, Message& out) {
  for (const IceServer& server : config.ice_servers) {
    pb::ICEServer& entry = *out.add_ice_servers();
    for (const std::string& url : server.urls) entry.add_urls(url);
    entry.set_username(server.username);
    entry.set_credential(server.credential);
  }
}

void fill_sdp(const char* type, std::uint32_t id, const std::string& sdp,
              const std::vector<std::pair<std::string, std::string>>& mids,
              pb::SessionDescription& out) {
  out.set_type(type);
  out.set_sdp(sdp);
  out.set_id(id);
  for (const auto& [mid, track] : mids) (*out.mutable_mid_to_track_id())[mid] = track;
}

Responses update_messages(const control::ParticipantsUpdated& event) {
  Responses out;
  std::size_t bytes = kMaxUpdateBytes;
  for (const control::SnapshotPtr& snapshot : event.participants) {
    pb::ParticipantInfo info = participant_message(*snapshot);
    const std::size_t size = info.ByteSizeLong();
    if (bytes + size > kMaxUpdateBytes) {
      out.emplace_back();
      bytes = 0;
    }
    bytes += size;
    *out.back().mutable_update()->add_participants() = std::move(info);
  }
  return out;
}

void fill_qualities(const control::SubscribedQualities& event, pb::SubscribedQualityUpdate& out) {
  out.set_track_sid(event.track_sid);
  for (const auto& codec : event.codecs) {
    pb::SubscribedCodec& entry = *out.add_subscribed_codecs();
    entry.set_codec(std::string(codec::name(codec.codec)));
    for (const pb::VideoQuality quality : {pb::LOW, pb::MEDIUM, pb::HIGH}) {
      pb::SubscribedQuality& q = *entry.add_qualities();
      q.set_quality(quality);
      q.set_enabled(codec.max != control::VideoQuality::off &&
                    static_cast<int>(quality) <= static_cast<int>(codec.max));
    }
  }
  if (out.subscribed_codecs_size() > 0)
    *out.mutable_subscribed_qualities() = out.subscribed_codecs(0).qualities();
}

template <class Fill>
Responses one(Fill fill) {
  Responses out(1);
  fill(out.front());
  return out;
}

Responses speaker_messages(const control::SpeakersChanged& event) {
  return one([&](auto& r) {
    for (const auto& speaker : event.speakers) {
      pb::SpeakerInfo& info = *r.mutable_speakers_changed()->add_speakers();
      info.set_sid(speaker.participant_sid);
      info.set_level(speaker.level);
      info.set_active(speaker.active);
    }
  });
}

Responses quality_messages(const control::QualityChanged& event) {
  return one([&](auto& r) {
    for (const auto& entry : event.entries) {
      pb::ConnectionQualityInfo& info = *r.mutable_connection_quality()->add_updates();
      info.set_participant_sid(entry.participant_sid);
      info.set_quality(static_cast<pb::ConnectionQuality>(entry.quality));
      info.set_score(entry.score);
    }
  });
}

}  // namespace

pb::JoinResponse join_message(const control::Joined& joined, const SignalConfig& config) {
  pb::JoinResponse out;
  *out.mutable_room() = room_message(joined.room);
  *out.mutable_participant() = participant_message(*joined.self);
  for (const control::SnapshotPtr& other : joined.others)
    *out.add_other_participants() = participant_message(*other);
  out.set_server_version(kServerVersion);
  *out.mutable_server_info() = server_info(config);
  out.set_server_region(config.region);
  add_ice_servers(config, out);
  out.set_subscriber_primary(joined.subscriber_primary);
  out.set_fast_publish(joined.fast_publish);
  out.set_ping_interval(config.ping_interval_seconds);
  out.set_ping_timeout(config.ping_timeout_seconds);
  out.set_sif_trailer(joined.sif_trailer);
  for (const char* mime : kPublishCodecs) out.add_enabled_publish_codecs()->set_mime(mime);
  return out;
}

pb::ReconnectResponse reconnect_message(const control::Resumed& resumed,
                                        const SignalConfig& config) {
  pb::ReconnectResponse out;
  add_ice_servers(config, out);
  *out.mutable_server_info() = server_info(config);
  out.set_last_message_seq(resumed.last_message_sequence);
  return out;
}

pb::LeaveRequest leave_message(control::LeaveAction action, control::DisconnectReason reason) {
  pb::LeaveRequest out;
  out.set_action(static_cast<pb::LeaveRequest::Action>(action));
  out.set_reason(static_cast<pb::DisconnectReason>(reason));
  // All that clients up to protocol 12 read: true = join anew.
  out.set_can_reconnect(action != control::LeaveAction::disconnect);
  return out;
}

Responses event_messages(const control::ParticipantEvent& event) {
  using namespace control;
  return std::visit(
      overloaded{
          [](const ParticipantsUpdated& e) { return update_messages(e); },
          [](const TrackPublished& e) {
            return one([&](auto& r) {
              r.mutable_track_published()->set_cid(e.cid);
              *r.mutable_track_published()->mutable_track() = track_message(e.track);
            });
          },
          [](const TrackUnpublished& e) {
            return one([&](auto& r) { r.mutable_track_unpublished()->set_track_sid(e.track_sid); });
          },
          [](const AnswerReady& e) {
            return one([&](auto& r) {
              fill_sdp("answer", e.id, e.sdp, e.mid_to_track, *r.mutable_answer());
            });
          },
          [](const OfferReady& e) {
            return one([&](auto& r) {
              fill_sdp("offer", e.id, e.sdp, e.mid_to_track, *r.mutable_offer());
            });
          },
          [](const SectionsRequired& e) {
            return one([&](auto& r) {
              r.mutable_media_sections_requirement()->set_num_audios(e.audio);
              r.mutable_media_sections_requirement()->set_num_videos(e.video);
            });
          },
          [](const MuteRequested& e) {
            return one([&](auto& r) {
              r.mutable_mute()->set_sid(e.track_sid);
              r.mutable_mute()->set_muted(e.muted);
            });
          },
          [](const SpeakersChanged& e) { return speaker_messages(e); },
          [](const RoomUpdated& e) {
            return one(
                [&](auto& r) { *r.mutable_room_update()->mutable_room() = room_message(e.room); });
          },
          [](const QualityChanged& e) { return quality_messages(e); },
          [](const SubscribedQualities& e) {
            return one([&](auto& r) { fill_qualities(e, *r.mutable_subscribed_quality_update()); });
          },
          [](const SubscriptionPermissionChanged& e) {
            return one([&](auto& r) {
              auto& update = *r.mutable_subscription_permission_update();
              update.set_participant_sid(e.participant_sid);
              update.set_track_sid(e.track_sid);
              update.set_allowed(e.allowed);
            });
          },
          [](const SubscriptionFailed& e) {
            return one([&](auto& r) {
              r.mutable_subscription_response()->set_track_sid(e.track_sid);
              r.mutable_subscription_response()->set_err(
                  static_cast<pb::SubscriptionError>(e.error));
            });
          },
          [](const TrackSubscribed& e) {
            return one([&](auto& r) { r.mutable_track_subscribed()->set_track_sid(e.track_sid); });
          },
          [](const LeaveSent&) { return Responses{}; },
          [](const SessionReplaced&) { return Responses{}; },
          [](const RoomMoved&) { return Responses{}; },
          [](const TokenDue&) { return Responses{}; },
      },
      event);
}

}  // namespace plenum::livekit_api
