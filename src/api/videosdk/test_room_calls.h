#pragma once
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/videosdk/room_calls.h"
#include "api/videosdk/room_events.h"
#include "control/test_room.h"

/// For tests only: a room whose participants call the server, and what the server tells them.
namespace plenum::videosdk_api::testing {

class RoomCallsTest : public ::testing::Test {
 protected:
  struct Sent {
    std::string room;
    boost::json::object envelope;
    std::vector<std::string> to;
  };
  struct Composed {
    RestApi::InRoom wish;
    RoomCalls::EgressDone done;
  };
  using Client = control::testing::Client;
  using TestRoom = control::testing::TestRoom;

  RoomCallsTest() {
    t.control.on_domain_event([this](const auto& event) { events.on_event(event); });
    t.control.answer_calls({.answer = {}, .encode = [this](const control::RpcReply& reply) {
                              replies.push_back(reply);
                              return control::testing::shared("reply");
                            }});
  }
  static control::JoinRequest asking(const std::string& identity) {
    control::JoinRequest r = TestRoom::request(identity);
    r.waiting = true;
    r.name = identity + " name";
    return r;
  }
  static control::JoinRequest host() {
    control::JoinRequest r = TestRoom::request("host");
    r.rights = {.admit = true, .moderate = true};
    return r;
  }
  /// nullopt: it is answered later.
  std::optional<RoomCalls::Answer> call(const Client& c, std::string method,
                                        std::string payload = {}) {
    return calls.answer(c.id(), {"1", std::move(method), std::move(payload)}, t.now);
  }
  RoomCalls::Answer ask(const Client& c, std::string method, std::string payload = {}) {
    return *call(c, std::move(method), std::move(payload));
  }
  boost::json::object done(const Client& c, std::string method, std::string payload = {}) {
    const auto answer = ask(c, std::move(method), std::move(payload));
    EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().data);
    return answer ? boost::json::parse(*answer).get_object() : boost::json::object();
  }
  /// Of the refusal; 0 = there was none.
  int number(const Client& c, std::string method, std::string payload = {}) {
    const auto answer = ask(c, std::move(method), std::move(payload));
    return answer ? 0 : boost::json::parse(answer.error().data).at("number").to_number<int>();
  }
  boost::json::object state(const Client& c) { return done(c, "state.get"); }
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
  std::vector<Sent> sent, messages;
  std::vector<Composed> composed;
  std::vector<control::RpcReply> replies;
  int flushes_asked = 0;
  RoomEvents events{
      t.control,
      {[this] { ++flushes_asked; },
       [this](const std::string& room, const std::string& text, std::vector<std::string> to) {
         sent.push_back({room, boost::json::parse(text).get_object(), std::move(to)});
       }}};
  RoomCalls::Surroundings around{
      .sequence = [this](const auto& sid) { return events.sequence(sid); },
      .session = [](const auto&) { return std::string("a session"); },
      .composition = [this](const auto& sid) { return events.composition(sid); },
      .voice =
          {.event = [this](const auto&... what) { events.tell(what...); },
           .message =
               [this](const std::string& room, const std::string& text,
                      std::vector<std::string> to) {
                 messages.push_back({room, boost::json::parse(text).get_object(), std::move(to)});
               }},
      .egress =
          [this](RestApi::InRoom wish, RoomCalls::EgressDone end) {
            composed.push_back({std::move(wish), std::move(end)});
          }};
  RoomCalls calls{t.control, around};
};

}  // namespace plenum::videosdk_api::testing
