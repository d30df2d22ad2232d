#include "api/videosdk/room_topics.h"

#include "api/videosdk/test_room_calls.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::testing::Client;
using control::testing::TestRoom;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RoomCallsTest;
using ::testing::SizeIs;

class RoomTopicsTest : public RoomCallsTest {
 protected:
  void publish_kept(const Client& c, int count, const std::string& text = "hi") {
    for (int i = 0; i < count; ++i)
      done(c, "pubsub.publish",
           json::serialize(json::object{{"topic", "CHAT"}, {"message", text}, {"persist", true}}));
  }
  /// Of the messages of an answer.
  static std::vector<int> orders(const json::object& answer) {
    std::vector<int> out;
    for (const json::value& m : answer.at("messages").as_array())
      out.push_back(m.at("order").to_number<int>());
    return out;
  }
};

TEST_F(RoomTopicsTest, a_message_reaches_those_who_subscribed) {
  Client& ada = t.active("ada");
  Client& ben = t.active("ben");
  for (const Client* c : {&ada, &ben}) done(*c, "pubsub.subscribe", R"({"topic":"CHAT"})");
  const auto answer =
      done(ada, "pubsub.publish",
           R"({"topic":"CHAT","message":"hi","payload":{"a":[1]},"sendOnly":null})");
  ASSERT_THAT(messages, SizeIs(1));
  done(ada, "pubsub.publish", R"({"topic":"CHAT","message":"psst","sendOnly":["ben"]})");
  done(ada, "pubsub.publish", R"({"topic":"OTHER","message":"nobody listens"})");

  EXPECT_THAT(messages[0].to, ElementsAre("ada", "ben"));
  EXPECT_EQ(messages[0].room, "room");
  EXPECT_EQ(messages[0].envelope.at("v"), 1);
  EXPECT_EQ(messages[0].envelope.at("type"), "message");
  const json::object& data = messages[0].envelope.at("data").as_object();
  EXPECT_EQ(data.at("id"), answer.at("id"));
  EXPECT_EQ(data.at("timestamp"), answer.at("timestamp"));
  EXPECT_EQ(data.at("senderId"), "ada");
  EXPECT_EQ(data.at("message"), "hi");
  EXPECT_EQ(json::serialize(data.at("payload")), R"({"a":[1]})");
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_THAT(messages[1].to, ElementsAre("ben"));
}

TEST_F(RoomTopicsTest, a_subscriber_gets_the_newest_old_messages_oldest_first) {
  Client& ada = t.active("ada");
  publish_kept(ada, 5);
  Client& ben = t.active("ben");

  const auto all = done(ben, "pubsub.subscribe", R"({"topic":"CHAT"})");
  EXPECT_THAT(orders(all), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(all.at("isLast"), true);
  EXPECT_EQ(all.at("before"), 6);
  EXPECT_THAT(orders(done(ben, "pubsub.subscribe", R"({"topic":"CHAT","oldMessageLimit":2})")),
              ElementsAre(4, 5));
  EXPECT_THAT(orders(done(ben, "pubsub.subscribe", R"({"topic":"CHAT","oldMessageLimit":0})")),
              IsEmpty());
}

TEST_F(RoomTopicsTest, what_does_not_fit_one_page_is_read_page_by_page) {
  Client& ada = t.active("ada");
  publish_kept(ada, 30, std::string(1000, 'x'));
  json::object answer = done(ada, "pubsub.subscribe", R"({"topic":"CHAT"})");
  const json::value before = answer.at("before");
  publish_kept(ada, 1);  // comes as a message
  std::vector<int> read = orders(answer);
  int pages = 1;
  for (; answer.at("isLast") == false; ++pages) {
    answer = done(ada, "pubsub.history",
                  json::serialize(json::object{
                      {"topic", "CHAT"}, {"after", answer.at("after")}, {"before", before}}));
    EXPECT_LE(json::serialize(answer).size(), 15u * 1024);
    for (const int order : orders(answer)) read.push_back(order);
  }

  EXPECT_EQ(pages, 3);
  std::vector<int> all(30);
  for (int i = 0; i < 30; ++i) all[static_cast<std::size_t>(i)] = i + 1;
  EXPECT_EQ(read, all);
}

TEST_F(RoomTopicsTest, what_is_not_right_is_refused_with_a_number) {
  Client& ada = t.active("ada");
  EXPECT_EQ(number(ada, "pubsub.publish", R"({"topic":"CHAT"})"), 4087);
  EXPECT_EQ(number(ada, "pubsub.publish", R"({"topic":7,"message":"x"})"), 4087);
  EXPECT_EQ(number(ada, "pubsub.publish", R"({"topic":"t","message":"x","payload":"y"})"), 4087);
  EXPECT_EQ(number(ada, "pubsub.publish", R"({"topic":"t","message":"x","sendOnly":"ben"})"), 4087);
  EXPECT_EQ(number(ada, "pubsub.publish", R"({"topic":"t","message":"x","sendOnly":[1]})"), 4087);
  // Each is six bytes once written.
  EXPECT_EQ(
      number(ada, "pubsub.publish",
             json::serialize(json::object{{"topic", "t"}, {"message", std::string(2100, '\x01')}})),
      3072);
  EXPECT_EQ(number(ada, "pubsub.subscribe", "{}"), 4088);
  EXPECT_EQ(number(ada, "pubsub.subscribe", R"({"topic":"t","oldMessageLimit":-1})"), 4088);
  EXPECT_EQ(number(ada, "pubsub.subscribe", R"({"topic":"t","oldMessageLimit":"all"})"), 4088);
  EXPECT_EQ(number(ada, "pubsub.history", R"({"topic":"t","after":1.5})"), 4088);
  EXPECT_EQ(number(ada, "pubsub.unsubscribe", "{}"), 4089);
  EXPECT_EQ(number(t.active(asking("eve")), "pubsub.history", R"({"topic":"t"})"), 4088);
  EXPECT_EQ(ask(ada, "pubsub.publish", std::string(kMaxPayloadBytes + 1, ' ')).error().code,
            control::RpcError::kRequestTooLarge);
  EXPECT_THAT(messages, IsEmpty());
}

TEST_F(RoomTopicsTest, observers_are_told_of_each_change_of_a_value) {
  Client& ada = calling(TestRoom::request("ada"));
  Client& ben = calling(TestRoom::request("ben"));
  told("focus");
  done(ada, "store.set", R"({"key":"slide","value":"1"})");
  const auto seen = done(ben, "store.observe", R"({"key":"slide"})");
  EXPECT_EQ(json::serialize(seen), R"({"key":"slide","value":"1","updatedBy":"ada"})");
  done(ben, "store.set", R"({"key":"slide","value":null})");
  const auto changes = told("store.changed");
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_THAT(changes[0].to, ElementsAre("ben"));
  EXPECT_EQ(json::serialize(changes[0].envelope.at("data")),
            R"({"key":"slide","value":null,"updatedBy":"ben"})");
  EXPECT_TRUE(done(ada, "store.get", R"({"key":"slide"})").at("value").is_null());
  EXPECT_EQ(state(ben).at("seq"), changes[0].envelope.at("seq"));

  const json::object large{{"key", "k"}, {"value", std::string(1025, 'v')}};
  EXPECT_EQ(number(ada, "store.set", json::serialize(large)), 3072);
  EXPECT_EQ(number(ada, "store.set", R"({"key":"k"})"), 4045);
  EXPECT_EQ(number(ada, "store.set", R"({"key":"k","value":1})"), 4045);
  EXPECT_EQ(number(ada, "store.get", "{}"), 4046);
  EXPECT_EQ(number(ada, "store.observe", R"({"key":[]})"), 4085);
  EXPECT_EQ(number(ada, "store.unobserve", "{}"), 4086);
}

TEST_F(RoomTopicsTest, recordings_are_begun_by_whom_the_server_lets) {
  Client& ada = t.active("ada");
  EXPECT_FALSE(call(ada, "egress.start", R"({"kind":"hls","config":{}})"));
  EXPECT_EQ(number(ada, "egress.stop", R"({"kind":"hls"})"), 4017);  // the other is under way
  ASSERT_THAT(composed, SizeIs(1));
  EXPECT_EQ(composed[0].wish.room, "room");
  EXPECT_EQ(composed[0].wish.api_key, "key");
  EXPECT_TRUE(composed[0].wish.start);
  EXPECT_EQ(composed[0].wish.kind, control::EgressKind::hls);
  composed[0].done(Err{Problem{400, "WORD", "a sentence"}});
  EXPECT_FALSE(call(ada, "egress.stop", R"({"kind":"hls"})"));
  composed[1].done(Err{Problem{409, "WORD", "a sentence", 4020}});
  EXPECT_FALSE(call(ada, "egress.start", R"({"kind":"recording"})"));
  composed[2].done(json::value(json::object{{"id", "x"}}));

  ASSERT_THAT(replies, SizeIs(3));
  EXPECT_EQ(replies[0].error->data, R"({"number":4016,"code":"WORD","message":"a sentence"})");
  EXPECT_EQ(replies[1].error->data, R"({"number":4020,"code":"WORD","message":"a sentence"})");
  EXPECT_EQ(replies[2].payload, R"({"id":"x"})");
  EXPECT_EQ(number(ada, "egress.start", R"({"kind":"composite"})"), 3073);
  EXPECT_EQ(number(t.active(asking("eve")), "egress.start", R"({"kind":"recording"})"), 4011);
}

TEST_F(RoomTopicsTest, recordings_may_take_the_right_to_moderate) {
  around.moderators_compose = true;
  RoomCalls strict{t.control, around};
  Client& ada = t.active("ada");
  Client& h = t.active(host());
  const auto refused =
      strict.answer(ada.id(), {"1", "egress.stop", R"({"kind":"livestream"})"}, t.now);

  ASSERT_TRUE(refused);
  EXPECT_EQ(json::parse(refused->error().data).at("number"), 4014);
  EXPECT_FALSE(strict.answer(h.id(), {"1", "egress.start", R"({"kind":"livestream"})"}, t.now));
}

}  // namespace
}  // namespace plenum::videosdk_api
