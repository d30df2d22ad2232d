#include "api/livekit/webhook_message.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace plenum::livekit_api {
namespace {

namespace json = boost::json;
using history::Record;

json::object told(control::DomainEvent::What what, Record::What kind = Record::What::event) {
  Record r;
  r.what = kind;
  r.id = "0123";
  r.event.room.sid = "RM_1";
  r.event.room.name = "room";
  r.event.at_ms = 1'700'000'001'500;
  auto p = std::make_shared<control::ParticipantSnapshot>();
  p->sid = "PA_1";
  p->identity = "ada";
  p->name = "Ada";
  r.event.participant = p;
  r.event.what = std::move(what);
  const auto message = webhook_message(r, {});
  if (!message) return {};
  EXPECT_EQ(json::parse(message->body).at("event"), message->type.c_str());
  return json::parse(message->body).as_object();
}

TEST(WebhookMessage, joined_means_that_media_flows) {
  EXPECT_TRUE(told(control::ParticipantJoined{}).empty());
  const json::object event = told(control::ParticipantActivated{});

  EXPECT_EQ(event.at("event"), "participant_joined");
  EXPECT_EQ(event.at("id"), "EV_0123");
  EXPECT_EQ(event.at("createdAt"), "1700000001");
  EXPECT_EQ(event.at("room").at("name"), "room");
  EXPECT_EQ(event.at("participant").at("name"), "Ada");
}

TEST(WebhookMessage, who_left_before_media_flowed_was_aborted) {
  EXPECT_EQ(told(control::ParticipantLeft{{}, true}).at("event"), "participant_left");
  EXPECT_EQ(told(control::ParticipantLeft{{}, false}).at("event"),
            "participant_connection_aborted");
}

TEST(WebhookMessage, of_a_track_names_its_owner_only_by_his_ids) {
  control::TrackDescription track;
  track.sid = "TR_1";
  track.codecs.emplace_back();
  const json::object event = told(control::TrackAdded{track});

  EXPECT_EQ(event.at("event"), "track_published");
  EXPECT_EQ(event.at("track").at("sid"), "TR_1");
  EXPECT_EQ(event.at("participant"), json::parse(R"({"sid": "PA_1", "identity": "ada"})"));
}

TEST(WebhookMessage, a_rooms_end_says_why_and_a_sessions_is_not_told) {
  const control::RoomFinished finished{control::DisconnectReason::room_deleted};
  EXPECT_EQ(told(finished).at("roomEndReason"), "ROOM_END_API_DELETE");
  EXPECT_TRUE(told(finished, Record::What::session_end).empty());
}

TEST(WebhookMessage, an_egress_starts_once_and_ends_once) {
  control::EgressChanged e;
  e.job.id = "65a0b0c0d0e0f00000000003";
  const json::object started = told(e);
  e.job.restarts = 1;
  EXPECT_EQ(told(e).at("event"), "egress_updated");
  e.job.state = control::EgressState::started;
  e.state_changed = false;
  EXPECT_EQ(told(e).at("event"), "egress_updated");
  e.job.state = control::EgressState::failed;
  EXPECT_EQ(told(e).at("event"), "egress_ended");

  EXPECT_EQ(started.at("event"), "egress_started");
  EXPECT_EQ(started.at("egressInfo").at("egressId"), "EG_65a0b0c0d0e0f00000000003");
  EXPECT_EQ(started.at("egressInfo").at("roomId"), "RM_1");
  EXPECT_FALSE(started.contains("room"));
}

}  // namespace
}  // namespace plenum::livekit_api
