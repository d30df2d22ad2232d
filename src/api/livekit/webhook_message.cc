#include "api/livekit/webhook_message.h"

#include <google/protobuf/util/json_util.h>

#include "api/livekit/signal_codec.h"
#include "base/overloaded.h"
#include "proto/livekit_webhook.pb.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::DisconnectReason;

pb::RoomEndReason end_reason(DisconnectReason reason) {
  switch (reason) {
    case DisconnectReason::room_deleted:
      return pb::ROOM_END_API_DELETE;
    case DisconnectReason::room_closed:
      return pb::ROOM_END_IDLE_TIMEOUT;
    case DisconnectReason::server_shutdown:
      return pb::ROOM_END_SERVER_SHUTDOWN;
    default:
      return pb::ROOM_END_UNKNOWN;
  }
}

const char* egress_event(const control::EgressChanged& e) {
  using enum control::EgressState;
  const bool is_first = e.state_changed && e.job.restarts == 0;
  if (e.job.state == starting && is_first) return "egress_started";
  // That one had ended, and been told so.
  if (e.job.lacks_upload()) return "egress_updated";
  return e.job.is_over() ? "egress_ended" : "egress_updated";
}

/// The event's name, and what only some events say; empty = not one of LiveKit's.
std::string fill(const control::DomainEvent::What& what, pb::WebhookEvent& out) {
  return std::visit(overloaded{
                        [](const control::RoomStarted&) { return "room_started"; },
                        [&](const control::RoomFinished& e) {
                          out.set_room_end_reason(end_reason(e.reason));
                          return "room_finished";
                        },
                        [](const control::ParticipantActivated&) { return "participant_joined"; },
                        [](const control::ParticipantLeft& e) {
                          return e.was_active ? "participant_left"
                                              : "participant_connection_aborted";
                        },
                        [&](const control::TrackAdded& e) {
                          *out.mutable_track() = track_message(e.track);
                          return "track_published";
                        },
                        [&](const control::TrackRemoved& e) {
                          *out.mutable_track() = track_message(e.track);
                          return "track_unpublished";
                        },
                        [](const control::EgressChanged& e) { return egress_event(e); },
                        [](const auto&) { return ""; },
                    },
                    what);
}

}  // namespace

std::optional<history::Message> webhook_message(const history::Record& record,
                                                const EgressLinks& links) {
  if (record.what != history::Record::What::event) return std::nullopt;
  pb::WebhookEvent event;
  const std::string name = fill(record.event.what, event);
  if (name.empty()) return std::nullopt;
  event.set_event(name);
  event.set_id("EV_" + record.id);
  event.set_created_at(record.event.at_ms / 1000);
  if (const auto* e = std::get_if<control::EgressChanged>(&record.event.what)) {
    const std::int64_t at_ms = record.event.at_ms;
    *event.mutable_egress_info() =
        egress_info({e->job, record.event.room.sid, at_ms}, links, at_ms);
  } else {
    *event.mutable_room() = room_message(record.event.room);
  }
  if (const control::SnapshotPtr& p = record.event.participant) {
    if (event.has_track()) {  // then only who it is
      event.mutable_participant()->set_sid(p->sid);
      event.mutable_participant()->set_identity(p->identity);
    } else {
      *event.mutable_participant() = participant_message(*p);
    }
  }
  std::string body;
  if (!google::protobuf::util::MessageToJsonString(event, &body).ok()) return std::nullopt;
  return history::Message{name, std::move(body)};
}

}  // namespace plenum::livekit_api
