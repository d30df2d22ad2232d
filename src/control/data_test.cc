#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Data, goes_to_everybody_but_the_sender) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  t.send(alice, "1::hello");

  EXPECT_THAT(t.sent_to(bob), ElementsAre("1::hello"));
  EXPECT_THAT(t.sent_to(carol), ElementsAre("1::hello"));
  EXPECT_THAT(t.sent_to(alice), IsEmpty());
  EXPECT_THAT(t.commands<shard::SendData>(), SizeIs(1));
}

TEST(Data, with_destinations_goes_to_these_only) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  t.send(alice, "1:carol:hello");

  EXPECT_THAT(t.sent_to(bob), IsEmpty());
  EXPECT_THAT(t.sent_to(carol), ElementsAre("1:carol:hello"));
}

TEST(Data, keeps_its_reliability) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.active("bob");
  t.send(alice, "0::a", shard::DataChannel::lossy);

  EXPECT_EQ(t.commands<shard::SendData>()[0].channel, shard::DataChannel::lossy);
}

TEST(Data, without_the_right_is_dropped) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_publish_data = false;
  Client& alice = t.active(r);
  t.active("bob");
  t.send(alice, "1::hello");

  EXPECT_THAT(t.commands<shard::SendData>(), IsEmpty());
}

TEST(Data, that_the_adapter_refuses_or_that_is_too_large_is_dropped) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.active("bob");
  t.send(alice, "bad");
  t.send(alice, "1::" + std::string(262'142, 'x'));

  EXPECT_THAT(t.commands<shard::SendData>(), IsEmpty());
}

TEST(Data, as_large_as_our_description_promises_arrives) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.send(alice, "1::" + std::string(262'141, 'x'));

  ASSERT_THAT(t.sent_to(bob), SizeIs(1));
  EXPECT_EQ(t.sent_to(bob)[0].size(), 262'144u);
}

TEST(Data, sent_again_after_a_resume_is_dropped) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  for (const char* text : {"1::a", "2::b", "2::b", "1::a", "3::c"}) t.send(alice, text);

  EXPECT_THAT(t.sent_to(bob), ElementsAre("1::a", "2::b", "3::c"));
}

TEST(Data, goes_as_one_command_to_each_shard) {
  TestRoom t({.placement = Placement::Policy::spread}, 2);
  Client& alice = t.active("alice");
  for (const char* name : {"b", "c", "d", "e"}) t.active(name);
  t.send(alice, "1::hello");

  ASSERT_THAT(t.commands<shard::SendData>(), SizeIs(2));
  EXPECT_EQ(t.commands<shard::SendData>()[0].bytes, t.commands<shard::SendData>()[1].bytes);
}

TEST(Data, sent_between_join_and_open_channel_arrives_in_order) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.send(alice, "1::before");
  t.advance(1ms);
  Client& bob = t.join("bob");
  t.send(alice, "2::a");
  t.send(alice, "3:carol:not for bob");
  t.send(alice, "4::b");
  EXPECT_THAT(t.sent_to(bob), IsEmpty());
  t.connect(bob);

  EXPECT_THAT(t.sent_to(bob), ElementsAre("2::a", "4::b"));
}

TEST(Data, of_two_seconds_ago_is_forgotten) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.join("bob");
  t.send(alice, "1::old");
  t.advance(2500ms);
  t.send(alice, "2::new");
  t.connect(bob);

  EXPECT_THAT(t.sent_to(bob), ElementsAre("2::new"));
}

TEST(Data, memory_is_bounded_in_bytes) {
  TestRoom t;
  Client& alice = t.active("alice");
  for (int i = 1; i <= 100; ++i) t.send(alice, std::to_string(i) + "::" + std::string(10'000, 'x'));

  EXPECT_LE(t.find(alice)->data.sent_bytes, 100'000u);
}

TEST(Data, given_to_a_live_channel_is_not_sent_again_on_a_resume) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  for (const char* text : {"1::a", "2::b"}) t.send(alice, text);
  ASSERT_TRUE(t.resume(bob).ok());
  t.control.sync(bob.id(), SyncState{}, t.now);
  t.send(alice, "3::c");

  EXPECT_THAT(t.sent_to(bob), ElementsAre("1::a", "2::b", "3::c"));
}

TEST(Data, sent_while_the_channel_was_closed_comes_when_it_opens_again) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.send(alice, "1::a");
  t.advance(10ms);
  t.event(shard::DataChannelChanged{t.primary(bob), shard::DataChannel::reliable, false});
  t.send(alice, "2::b");
  t.event(shard::DataChannelChanged{t.primary(bob), shard::DataChannel::reliable, true});
  t.send(alice, "3::c");

  EXPECT_THAT(t.sent_to(bob), ElementsAre("1::a", "2::b", "3::c"));
}

TEST(Data, metrics_go_only_to_those_who_may_read_them) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  JoinRequest r = TestRoom::request("agent");
  r.permissions.can_subscribe_metrics = true;
  Client& agent = t.active(r);
  t.send(alice, "metrics");

  EXPECT_THAT(t.sent_to(bob), IsEmpty());
  EXPECT_THAT(t.sent_to(agent), ElementsAre("metrics"));
}

TEST(Data, of_data_tracks_is_dropped) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.active("bob");
  t.send(alice, "1::a", shard::DataChannel::data_track);

  EXPECT_THAT(t.commands<shard::SendData>(), IsEmpty());
}

TEST(Data, from_the_server_reaches_everybody) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  RoutedData data;
  data.bytes = shared("news");
  ASSERT_TRUE(t.control.moderation().send_data("room", data, true, t.now).ok());
  data.bytes = shared("for bob");
  data.destination_sids = {bob.sid()};
  ASSERT_TRUE(t.control.moderation().send_data("room", data, true, t.now).ok());

  EXPECT_THAT(t.sent_to(alice), ElementsAre("news"));
  EXPECT_THAT(t.sent_to(bob), ElementsAre("news", "for bob"));
}

/// Answers "echo" and ends the caller for "leave".
ServerCalls server_calls(TestRoom& t) {
  return {.answer = [&t](ParticipantId caller, const RoutedData::RpcCall& call,
                         TimePoint now) -> Result<std::string, RpcError> {
            if (call.method == "leave") t.control.leave(caller, now);
            if (call.method == "echo") return call.request_id + " echo";
            return Err{RpcError{1400, "unsupported", ""}};
          },
          .encode =
              [](const RpcReply& r) {
                if (r.acknowledged_only) return shared("ack " + r.request_id);
                return shared(r.error ? "error " + r.error->message : r.payload);
              }};
}

TEST(Data, calls_to_the_server_are_answered_whatever_the_caller_may_publish) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_publish_data = false;
  Client& alice = t.active(r);
  Client& bob = t.active("bob");
  t.send(alice, "call=1/echo");  // nobody answers yet
  t.control.answer_calls(server_calls(t));
  t.send(alice, "call=2/echo");
  t.send(alice, "call=3/other");

  EXPECT_THAT(t.sent_to(alice), ElementsAre("ack 2", "2 echo", "ack 3", "error unsupported"));
  EXPECT_THAT(t.sent_to(bob), IsEmpty());
}

TEST(Data, a_call_may_end_its_caller) {
  TestRoom t;
  t.control.answer_calls(server_calls(t));
  Client& alice = t.active("alice");
  t.send(alice, "call=1/leave");

  EXPECT_EQ(t.control.caller(alice.id()), nullptr);
  EXPECT_THAT(t.commands<shard::SendData>(), SizeIs(1));
}

TEST(Data, calls_to_the_server_have_a_rate) {
  TestRoom t;
  t.control.answer_calls(server_calls(t));
  Client& alice = t.active("alice");
  for (int i = 0; i < 51; ++i) t.send(alice, "call=1/echo");
  EXPECT_EQ(t.sent_to(alice).back(), "error Too many requests");
  t.advance(1s);
  t.send(alice, "call=1/echo");

  EXPECT_EQ(t.sent_to(alice).back(), "1 echo");
}

}  // namespace
}  // namespace plenum::control::testing
