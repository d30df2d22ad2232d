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
