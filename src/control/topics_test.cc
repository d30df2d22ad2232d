#include "control/topics.h"

#include "control/test_room.h"

namespace plenum::control {
namespace {

using testing::Client;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TestRoom;

TopicMessage message(std::string topic, std::string text) {
  TopicMessage out;
  out.topic = std::move(topic);
  out.text = std::move(text);
  return out;
}

class TopicsTest : public ::testing::Test {
 protected:
  static Config small() {
    Config c;
    c.room_memory_bytes = 10'000;
    c.memory_bytes = 15'000;
    return c;
  }
  Participant& at(const Client& c) { return *t.control.caller(c.id()); }
  Topics& topics() { return t.control.topics(); }
  std::vector<std::string> texts(const Client& c, std::string_view topic) {
    std::vector<std::string> out;
    for (const TopicMessage* m : Topics::kept(at(c), topic)) out.push_back(m->text);
    return out;
  }
  static JoinRequest elsewhere(const std::string& identity) {
    JoinRequest r = TestRoom::request(identity);
    r.room = "elsewhere";
    return r;
  }

  TestRoom t{small()};
};

TEST_F(TopicsTest, a_message_is_for_those_who_subscribed_to_its_topic) {
  Client& ada = t.active("ada");
  Client& ben = t.active("ben");
  t.active("cid");
  for (const Client* c : {&ada, &ben}) ASSERT_TRUE(topics().subscribe(at(*c), "CHAT"));
  const auto first = topics().publish(at(ada), message("CHAT", "hi"), false);
  auto second = message("CHAT", "psst");
  second.only = {"ben", "cid"};
  second = *topics().publish(at(ada), second, false);

  EXPECT_THAT(Topics::receivers(*at(ada).room, *first), ElementsAre("ada", "ben"));
  EXPECT_THAT(Topics::receivers(*at(ada).room, second), ElementsAre("ben"));
  EXPECT_EQ(first->number, 1u);
  EXPECT_EQ(second.number, 2u);
  EXPECT_EQ(first->sender, "ada");
  ASSERT_TRUE(topics().unsubscribe(at(ben), "CHAT"));
  EXPECT_THAT(Topics::receivers(*at(ada).room, *first), ElementsAre("ada"));
}

TEST_F(TopicsTest, who_comes_later_reads_what_was_kept_for_it) {
  Client& ada = t.active("ada");
  auto secret = message("CHAT", "psst");
  secret.only = {"ben"};
  ASSERT_TRUE(topics().publish(at(ada), message("CHAT", "kept"), true));
  ASSERT_TRUE(topics().publish(at(ada), message("CHAT", "not kept"), false));
  ASSERT_TRUE(topics().publish(at(ada), secret, true));

  EXPECT_THAT(texts(t.active("ben"), "CHAT"), ElementsAre("kept", "psst"));
  EXPECT_THAT(texts(t.active("cid"), "CHAT"), ElementsAre("kept"));
  EXPECT_THAT(texts(ada, "OTHER"), IsEmpty());
}

TEST_F(TopicsTest, the_lobby_and_those_who_may_not_publish_are_refused) {
  JoinRequest asking = TestRoom::request("eve");
  asking.waiting = true;
  Client& eve = t.active(asking);
  JoinRequest silent = TestRoom::request("dot");
  silent.permissions.can_publish_data = false;
  Client& dot = t.active(silent);

  EXPECT_EQ(topics().subscribe(at(eve), "CHAT").error(), Refusal::not_allowed);
  EXPECT_EQ(topics().publish(at(eve), message("CHAT", "x"), true).error(), Refusal::not_allowed);
  EXPECT_EQ(topics().publish(at(dot), message("CHAT", "x"), true).error(), Refusal::not_allowed);
  EXPECT_TRUE(topics().subscribe(at(dot), "CHAT"));
}

TEST_F(TopicsTest, what_nobody_may_send_is_refused) {
  Client& ada = t.active("ada");
  auto many = message("CHAT", "x");
  many.only.emplace(Topics::kMaxReceivers + 1, "ben");

  for (const auto& bad : {message("", "x"), message(std::string(129, 't'), "x"),
                          message("CHAT", std::string(Topics::kMaxMessageBytes + 1, 'x')), many})
    EXPECT_EQ(topics().publish(at(ada), bad, true).error(), Refusal::invalid_request);
  EXPECT_EQ(topics().subscribe(at(ada), "").error(), Refusal::invalid_request);
  for (std::size_t i = 0; i < Topics::kMaxSubscriptions; ++i)
    ASSERT_TRUE(topics().subscribe(at(ada), "t" + std::to_string(i)));
  EXPECT_TRUE(topics().subscribe(at(ada), "t0"));
  EXPECT_EQ(topics().subscribe(at(ada), "more").error(), Refusal::limit_exceeded);
}

TEST_F(TopicsTest, a_flood_pushes_out_its_own_oldest_messages_first) {
  Client& ada = t.active("ada");
  ASSERT_TRUE(topics().publish(at(ada), message("CHAT", "keep me"), true));
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(topics().publish(at(ada), message("FLOOD", std::string(1000, 'x')), true));

  EXPECT_THAT(texts(ada, "CHAT"), ElementsAre("keep me"));
  EXPECT_LE(at(ada).room->memory.bytes, 10'000u);
  EXPECT_FALSE(texts(ada, "FLOOD").empty());
}

TEST_F(TopicsTest, all_rooms_together_have_a_bound) {
  Client& ada = t.active("ada");
  Client& ben = t.active(elsewhere("ben"));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(topics().publish(at(ada), message("CHAT", std::string(1000, 'x')), true));
    static_cast<void>(topics().publish(at(ben), message("CHAT", std::string(1000, 'x')), true));
  }
  EXPECT_LE(t.control.world().memory_bytes, 15'000u);
  t.control.leave(ben.id(), t.now);
  t.advance(60s);  // longer than an empty room stays

  EXPECT_EQ(t.control.world().memory_bytes, at(ada).room->memory.bytes);
}

TEST_F(TopicsTest, nothing_follows_into_another_room) {
  Client& ada = t.active("ada");
  t.active(elsewhere("ben"));
  ASSERT_TRUE(topics().subscribe(at(ada), "CHAT"));
  ASSERT_TRUE(topics().publish(at(ada), message("CHAT", "here"), true));
  ASSERT_TRUE(t.control.moderation().move_participant("room", "ada", "elsewhere", t.now));

  EXPECT_THAT(texts(ada, "CHAT"), IsEmpty());
  EXPECT_THAT(Topics::receivers(*at(ada).room, message("CHAT", "")), IsEmpty());
}

}  // namespace
}  // namespace plenum::control
