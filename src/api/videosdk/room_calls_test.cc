#include "api/videosdk/test_room_calls.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::RpcError;
using control::testing::Client;
using control::testing::TestRoom;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RoomCallsTest;
using ::testing::SizeIs;

TEST_F(RoomCallsTest, all_are_told_of_a_recording_and_who_comes_later_asks) {
  const Client& ada = calling(TestRoom::request("ada"));
  control::DomainEvent event;
  event.room.name = t.control.caller(ada.id())->room->name;
  event.room.sid = t.control.caller(ada.id())->room->sid;
  control::EgressJob job;
  job.id = "65a0b0c0d0e0f00000000003";
  job.kind = control::EgressKind::hls;
  job.state = control::EgressState::playable;
  event.what = control::EgressChanged{job};
  events.on_event(event);
  const auto running = state(ada);
  job.state = control::EgressState::failed;
  job.error = "why";
  event.what = control::EgressChanged{job};
  events.on_event(event);
  const auto over = state(ada);
  const auto all = told("hls.state");

  EXPECT_EQ(running.at("hls").at("status"), "HLS_PLAYABLE");
  EXPECT_TRUE(running.at("recording").is_null());
  EXPECT_TRUE(over.at("hls").is_null());
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(all[0].to, ElementsAre("ada"));
  EXPECT_EQ(all[0].envelope.at("data").at("playbackHlsUrl"),
            "/hls/65a0b0c0d0e0f00000000003/index.m3u8");
  EXPECT_EQ(all[1].envelope.at("data"), json::parse(R"({"id": "65a0b0c0d0e0f00000000003",
    "status": "HLS_STOPPED", "error": {"code": 5003, "name": "HLS_FAILED", "message": "why"}})"));
}

TEST_F(RoomCallsTest, the_state_is_what_a_late_joiner_must_know) {
  Client& h = calling(host());
  Client& alice = calling(TestRoom::request("alice"));
  ASSERT_TRUE(ask(h, "pin.set", R"({"participantId":"alice","share":true})"));
  t.active(asking("eve"));
  told("focus");

  const json::object s = state(h);
  EXPECT_EQ(s.at("sessionId"), "a session");
  EXPECT_EQ(s.at("mode"), "SEND_AND_RECV");
  EXPECT_EQ(s.at("lobby"), false);
  EXPECT_EQ(s.at("focus").at("main"), "host");
  EXPECT_TRUE(s.at("focus").at("presenter").is_null());
  EXPECT_EQ(s.at("pins").at("alice"), json::parse(R"({"cam":false,"share":true,"by":"host"})"));
  EXPECT_EQ(s.at("entryRequests").as_array().size(), 1u);
  EXPECT_EQ(s.at("seq").to_number<int>(), static_cast<int>(sent.size()));
  EXPECT_FALSE(state(alice).contains("entryRequests"));
}

TEST_F(RoomCallsTest, who_waits_learns_nothing) {
  t.active(host());
  Client& eve = t.active(asking("eve"));

  EXPECT_EQ(json::serialize(state(eve)), R"({"v":1,"roomId":"room","lobby":true})");
  EXPECT_EQ(ask(eve, "pin.set", R"({"participantId":"host"})").error().code, 1500u);
}

TEST_F(RoomCallsTest, a_request_to_enter_and_its_answer_go_to_those_concerned) {
  Client& h = calling(host());
  calling(TestRoom::request("alice"));
  Client& eve = calling(asking("eve"));
  const auto requested = told("entry.requested");
  ASSERT_THAT(requested, SizeIs(1));
  EXPECT_THAT(requested[0].to, ElementsAre("host"));
  EXPECT_EQ(requested[0].envelope.at("data").at("name"), "eve name");
  EXPECT_EQ(requested[0].envelope.at("v"), 1);
  ASSERT_TRUE(ask(h, "entry.respond", R"({"participantId":"eve","decision":"allowed"})"));

  const auto answered = told("entry.responded");
  ASSERT_THAT(answered, SizeIs(1));
  EXPECT_THAT(answered[0].to, ElementsAre("host", "eve"));
  EXPECT_EQ(answered[0].envelope.at("data").at("by"), "host");
  EXPECT_FALSE(t.control.caller(eve.id())->waiting);
}

TEST_F(RoomCallsTest, nobody_is_told_who_never_called) {
  Client& h = t.active(host());
  t.active(asking("eve"));
  EXPECT_THAT(told("entry.requested"), IsEmpty());
  EXPECT_THAT(told("focus"), IsEmpty());

  EXPECT_EQ(state(h).at("entryRequests").as_array().size(), 1u);
}

TEST_F(RoomCallsTest, nothing_is_sent_to_a_room_that_has_gone) {
  Client& h = calling(host());
  t.active(asking("eve"));
  ASSERT_TRUE(ask(h, "meeting.end"));

  EXPECT_THAT(told("entry.requested"), IsEmpty());
  EXPECT_EQ(flushes_asked, 1);
  EXPECT_EQ(ask(h, "state.get").error().code, RpcError::kRecipientNotFound);
}

TEST_F(RoomCallsTest, a_request_for_media_goes_to_whom_it_is_for) {
  Client& h = calling(host());
  calling(TestRoom::request("alice"));
  ASSERT_TRUE(ask(h, "media.request", R"({"participantId":"alice","kind":"mic"})"));

  const auto asked = told("media.requested");
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_THAT(asked[0].to, ElementsAre("alice"));
  EXPECT_EQ(asked[0].envelope.at("data").at("kind"), "mic");
}

TEST_F(RoomCallsTest, what_is_not_right_is_refused_with_a_number) {
  Client& alice = t.active("alice");
  const auto number = [&](const char* method, std::string payload) {
    return RoomCallsTest::number(alice, method, std::move(payload));
  };
  EXPECT_EQ(ask(alice, "mode.set", "[]").error().code, 1500u);

  EXPECT_EQ(number("mode.set", R"({"mode":"LOUD"})"), 4065);
  EXPECT_EQ(number("mode.set", "{}"), 4065);
  EXPECT_EQ(number("mode.set", R"({"mode":7})"), 4065);
  EXPECT_EQ(number("mode.set", "[]"), 3073);
  EXPECT_EQ(number("mode.set", "{"), 3073);
  EXPECT_EQ(number("mode.set", R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}})"), 3073);
  EXPECT_EQ(number("entry.respond", R"({"participantId":"x","decision":"maybe"})"), 4059);
  EXPECT_EQ(number("entry.respond", R"({"participantId":"x","decision":"denied"})"), 4059);
  EXPECT_EQ(number("media.mute", R"({"participantId":"alice","kind":"mic"})"), 4068);
  EXPECT_EQ(number("media.mute", R"({"participantId":"alice","kind":"screen"})"), 4068);
  EXPECT_EQ(number("participant.remove", R"({"participantId":"alice"})"), 4066);
  EXPECT_EQ(number("meeting.end", ""), 3057);
  EXPECT_EQ(ask(alice, "no.such").error().code, RpcError::kUnsupportedMethod);
}

}  // namespace
}  // namespace plenum::videosdk_api
