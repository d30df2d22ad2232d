#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

JoinRequest over_two_connections(const std::string& identity) {
  JoinRequest r = TestRoom::request(identity);
  r.single = false;
  return r;
}

struct NegotiationTimeout : TestRoom, ::testing::Test {
  NegotiationTimeout() { clients_negotiate = false; }
  void offer(const Client& c, std::uint32_t id) {
    event(shard::LocalOffer{find(c)->transports.subscriber, id, "offer", {}});
  }
  void expect_told_to_reconnect(const Client& c) const {
    EXPECT_EQ(c.last<LeaveSent>().action, LeaveAction::reconnect);
    EXPECT_EQ(c.last<LeaveSent>().reason, DisconnectReason::state_mismatch);
    EXPECT_EQ(find(c), nullptr);
  }
};

TEST_F(NegotiationTimeout, who_does_not_answer_an_offer_for_15_seconds_must_reconnect) {
  Client& alice = active(over_two_connections("alice"));
  offer(alice, 7);
  advance(15s - 1ms);
  EXPECT_NE(find(alice), nullptr);
  advance(1ms);

  expect_told_to_reconnect(alice);
}

TEST_F(NegotiationTimeout, an_answer_stops_the_clock_unless_it_is_to_an_older_offer) {
  Client& alice = active(over_two_connections("alice"));
  Client& bob = active(over_two_connections("bob"));
  Client& carol = active(over_two_connections("carol"));
  for (const Client* c : {&alice, &bob, &carol}) {
    offer(*c, 7);
    offer(*c, 8);
  }
  control.answer(alice.id(), 8, "answer");
  control.answer(bob.id(), 0, "answer");  // as some clients number them
  control.answer(carol.id(), 7, "answer");
  advance(15s);

  EXPECT_NE(find(alice), nullptr);
  EXPECT_NE(find(bob), nullptr);
  expect_told_to_reconnect(carol);
}

TEST_F(NegotiationTimeout, who_cannot_hear_an_offer_is_not_waited_for_and_is_offered_anew) {
  Client& alice = active(over_two_connections("alice"));
  offer(alice, 7);
  advance(10s);
  lose_signal(alice);
  advance(10s);
  EXPECT_NE(find(alice), nullptr);
  ASSERT_TRUE(resume(alice, false).ok());
  offer(alice, 8);
  advance(14s);
  EXPECT_NE(find(alice), nullptr);
  advance(1s);

  expect_told_to_reconnect(alice);
}

TEST_F(NegotiationTimeout, a_resume_ends_the_wait_for_the_answer_to_what_may_be_lost) {
  Client& alice = active(over_two_connections("alice"));
  offer(alice, 7);
  advance(14s);
  ASSERT_TRUE(resume(alice, false).ok());
  advance(5s);

  EXPECT_NE(find(alice), nullptr);
}

TEST_F(NegotiationTimeout, who_does_not_make_room_for_a_track_for_15_seconds_must_reconnect) {
  Client& alice = active("alice");
  Client& bob = active("bob");
  const std::string sid = publish_video(alice);
  advance(15s - 1ms);
  EXPECT_NE(find(bob), nullptr);
  advance(1ms);

  EXPECT_EQ(bob.last<SubscriptionFailed>().track_sid, sid);
  EXPECT_EQ(bob.last<SubscriptionFailed>().error, SubscriptionError::unknown);
  expect_told_to_reconnect(bob);
  EXPECT_NE(find(alice), nullptr);
}

TEST_F(NegotiationTimeout, a_track_that_is_bound_or_gone_in_time_is_not_waited_for) {
  Client& alice = active("alice");
  Client& bob = active("bob");
  const std::string camera = publish_video(alice);
  const std::string microphone = publish_audio(alice);
  event(shard::SubscriptionBound{primary(bob), track_id(alice, camera)});
  control.set_subscription(bob.id(), {microphone}, false, now);
  advance(60s);

  EXPECT_NE(find(bob), nullptr);
  EXPECT_EQ(bob.count<SubscriptionFailed>(), 0u);
}

TEST_F(NegotiationTimeout, who_lost_its_signal_has_the_whole_time_again_after_it_comes_back) {
  Client& alice = active("alice");
  Client& bob = active("bob");
  publish_video(alice);
  advance(14s);
  lose_signal(bob);
  advance(10s);
  ASSERT_TRUE(resume(bob).ok());
  advance(15s - 1ms);
  EXPECT_NE(find(bob), nullptr);
  advance(1ms);

  expect_told_to_reconnect(bob);
}

}  // namespace
}  // namespace plenum::control::testing
