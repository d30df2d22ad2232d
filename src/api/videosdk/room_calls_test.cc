#include "api/videosdk/room_calls.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/videosdk/room_events.h"
#include "control/test_room.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::RpcError;
using control::testing::Client;
using control::testing::TestRoom;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Sent {
  std::string room;
  json::object envelope;
  std::vector<std::string> to;
};

/// A room whose participants call the server, and what the server tells them.
class RoomCallsTest : public ::testing::Test {
 protected:
  RoomCallsTest() {
    t.control.on_domain_event([this](const auto& event) { events.on_event(event); });
  }
  control::JoinRequest asking(const std::string& identity) {
    control::JoinRequest r = TestRoom::request(identity);
    r.waiting = true;
    r.name = identity + " name";
    return r;
  }
  control::JoinRequest host() {
    control::JoinRequest r = TestRoom::request("host");
    r.rights = {.admit = true, .moderate = true};
    return r;
  }
  Result<std::string, RpcError> ask(const Client& c, std::string method, std::string payload = {}) {
    return calls.answer(c.id(), {"1", std::move(method), std::move(payload)}, t.now);
  }
  json::object state(const Client& c) { return json::parse(*ask(c, "state.get")).get_object(); }
  /// Joins and has called the server before.
  Client& calling(const control::JoinRequest& r) {
    Client& c = t.active(r);
    t.control.caller(c.id())->calls_server = true;
    return c;
  }
  /// What came of that type, sent in a turn of its own.
  std::vector<Sent> told(std::string_view type) {
    t.advance(1ms);
    events.flush();
    std::vector<Sent> out;
    for (const Sent& s : sent)
      if (s.envelope.at("type").as_string() == type) out.push_back(s);
    return out;
  }

  TestRoom t;
  std::vector<Sent> sent;
  int flushes_asked = 0;
  RoomEvents events{
      t.control,
      {[this] { ++flushes_asked; },
       [this](const std::string& room, const std::string& text, std::vector<std::string> to) {
         sent.push_back({room, json::parse(text).get_object(), std::move(to)});
       }}};
  RoomCalls calls{t.control,
                  {[this](const auto& sid) { return events.sequence(sid); },
                   [](const auto&) { return std::string("a session"); },
                   [this](const auto& sid) { return events.composition(sid); }}};
};

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
  const auto number = [&](const char* method, const char* payload) {
    const auto answer = ask(alice, method, payload);
    if (answer) return 0;
    EXPECT_EQ(answer.error().code, 1500u);
    return json::parse(answer.error().data).at("number").to_number<int>();
  };

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
