#include "api/videosdk/webhook_message.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace plenum::videosdk_api {
namespace {

using history::Record;

Record record(Record::What what, control::DomainEvent::What event) {
  Record r;
  r.what = what;
  r.id = "e1";
  r.session = {"s1", 1'700'000'000'000};
  r.event.room.name = "room";
  r.event.at_ms = 1'700'000'001'500;
  auto p = std::make_shared<control::ParticipantSnapshot>();
  p->identity = "ada";
  p->name = "Ada";
  r.event.participant = p;
  r.event.what = std::move(event);
  return r;
}

TEST(WebhookMessage, says_who_left_and_why) {
  const auto message = webhook_message(
      record(Record::What::event,
             control::ParticipantLeft{control::DisconnectReason::room_deleted, true}));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, "participant-left");
  EXPECT_EQ(boost::json::parse(message->body), boost::json::parse(R"({
    "webhookType": "participant-left", "id": "e1", "timestamp": "2023-11-14T22:13:21.500Z",
    "data": {"meetingId": "room", "sessionId": "s1", "participantId": "ada",
             "participantName": "Ada", "reason": {"code": 1009, "message": "MEETING_END_API"}}})"));
}

TEST(WebhookMessage, tells_of_sessions_and_not_of_tracks) {
  const auto type = [](const Record& r) {
    const auto message = webhook_message(r);
    return message ? message->type : "";
  };
  const control::RoomFinished finished;
  EXPECT_EQ(type(record(Record::What::session_start, control::ParticipantJoined{})),
            "session-started");
  EXPECT_EQ(type(record(Record::What::session_end, finished)), "session-ended");
  EXPECT_EQ(type(record(Record::What::event, control::ParticipantJoined{})), "participant-joined");
  EXPECT_EQ(type(record(Record::What::event, finished)), "");
  EXPECT_EQ(type(record(Record::What::event, control::TrackAdded{})), "");
  Record nobody = record(Record::What::event, control::ParticipantJoined{});
  nobody.session.id.clear();
  EXPECT_EQ(type(nobody), "");
}

TEST(WebhookMessage, says_where_a_recording_is_once_it_is_whole) {
  control::EgressJob job;
  job.id = "65a0b0c0d0e0f00000000003";
  job.room = "its room";
  control::EgressOutput& file = job.outputs.emplace_back();
  file.target = {"rtmp://live.example/app", "stream key"};
  const MediaLinks links{"https://plenum.example", std::string(32, 's')};
  const auto told = [&] {
    return *webhook_message(record(Record::What::event, control::EgressChanged{job}), links);
  };
  const history::Message starting = told();
  job.state = control::EgressState::stopped;
  file.state = control::EgressOutput::State::ended;
  file.path = "recordings/65a0b0c0d0e0f00000000003.mp4";
  file.bytes = 12;
  file.duration_ms = 1500;
  const history::Message stopped = told();
  job.kind = control::EgressKind::livestream;
  job.state = control::EgressState::failed;
  job.error = "no output can be reached";
  const history::Message failed = told();

  EXPECT_EQ(starting.type, "recording-starting");
  EXPECT_EQ(boost::json::parse(starting.body).at("data"),
            boost::json::parse(R"({"id": "65a0b0c0d0e0f00000000003", "meetingId": "its room",
                                   "sessionId": "s1"})"));
  const auto data = boost::json::parse(stopped.body).at("data");
  EXPECT_EQ(data.at("filePath"), "recordings/65a0b0c0d0e0f00000000003.mp4");
  EXPECT_TRUE(data.at("fileUrl").as_string().starts_with(
      "https://plenum.example/files/recordings/65a0b0c0d0e0f00000000003.mp4?"));
  EXPECT_EQ(data.at("duration"), 1.5);
  EXPECT_EQ(data.at("size"), 12);
  EXPECT_EQ(failed.type, "livestream-failed");
  EXPECT_EQ(failed.body.find("stream key"), std::string::npos);
}

TEST(WebhookMessage, says_where_an_hls_stream_can_be_watched) {
  control::EgressJob job;
  job.id = "65a0b0c0d0e0f00000000003";
  job.kind = control::EgressKind::hls;
  job.state = control::EgressState::playable;
  const auto message =
      webhook_message(record(Record::What::event, control::EgressChanged{job}), {"https://p"});
  ASSERT_TRUE(message);
  const auto data = boost::json::parse(message->body).at("data");

  EXPECT_EQ(message->type, "hls-playable");
  EXPECT_EQ(data.at("playbackHlsUrl"), "https://p/hls/65a0b0c0d0e0f00000000003/index.m3u8");
  EXPECT_EQ(data.at("livestreamUrl"), "https://p/hls/65a0b0c0d0e0f00000000003/live.m3u8");
}

TEST(WebhookPatterns, match_the_whole_name_and_stars_any_run) {
  EXPECT_TRUE(asks_for(R"(["*"])", "session-started"));
  EXPECT_TRUE(asks_for(R"(["recording-*", "session-ended"])", "session-ended"));
  EXPECT_TRUE(asks_for(R"(["s*-*d"])", "session-ended"));
  EXPECT_FALSE(asks_for(R"(["recording-*"])", "participant-recording-started"));
  EXPECT_FALSE(asks_for(R"(["session.ended", "session", ""])", "session-ended"));
  EXPECT_FALSE(asks_for(R"([1, null, {}])", "session-ended"));
  EXPECT_FALSE(asks_for("not json", "session-ended"));
}

}  // namespace
}  // namespace plenum::videosdk_api
