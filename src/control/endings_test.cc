// How rooms close and how participants end whose DTLS is closed.
#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::IsEmpty;

TEST(CloseRoom, tells_nobody_of_the_others_leaving) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.publish_audio(alice);
  t.publish_audio(bob);
  alice.events.clear();
  bob.events.clear();
  ASSERT_TRUE(t.control.moderation().delete_room("room", t.now).ok());

  for (const Client* c : {&alice, &bob}) {
    ASSERT_EQ(c->events.size(), 1u);
    EXPECT_EQ(c->last<LeaveSent>().action, LeaveAction::disconnect);
    EXPECT_EQ(c->last<LeaveSent>().reason, DisconnectReason::room_deleted);
  }
  EXPECT_THAT(t.control.world().participants, IsEmpty());
}

TEST(CloseRoom, for_a_restart_asks_clients_to_come_back) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.control.shut_down(t.now);

  EXPECT_EQ(alice.last<LeaveSent>().action, LeaveAction::reconnect);
  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::server_shutdown);
}

TEST(PeerClosed, ends_the_participant_after_a_second_in_a_full_reconnect) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.event(shard::PeerDisconnected{t.primary(alice), true});
  t.advance(900ms);
  EXPECT_EQ(alice.count<LeaveSent>(), 0u);
  ASSERT_NE(t.find(alice), nullptr);
  t.advance(200ms);

  EXPECT_EQ(t.find(alice), nullptr);
  EXPECT_EQ(alice.count<LeaveSent>(), 1u);
  EXPECT_EQ(alice.last<LeaveSent>().action, LeaveAction::reconnect);
  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::connection_timeout);
}

TEST(PeerClosed, leaves_time_for_the_goodbye_of_the_client) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.event(shard::PeerDisconnected{t.primary(alice), true});
  t.control.leave(alice.id(), t.now);
  t.advance(2s);

  EXPECT_EQ(alice.count<LeaveSent>(), 0u);
  EXPECT_EQ(bob.heard_of("alice").back()->disconnect_reason, DisconnectReason::client_initiated);
}

TEST(PeerClosed, cannot_be_resumed_nor_healed_by_checks) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.event(shard::PeerDisconnected{t.primary(alice)});
  t.event(shard::PeerDisconnected{t.primary(alice), true});
  EXPECT_FALSE(t.resume(alice).ok());
  t.event(shard::PeerReconnected{t.primary(alice)});
  t.advance(1100ms);

  EXPECT_EQ(t.find(alice), nullptr);
}

TEST(Rejoin, takes_over_the_profile_that_its_token_could_not_carry) {
  TestRoom t;
  JoinRequest first = TestRoom::request("alice");
  first.metadata = "large";
  first.attributes = {{"a", "1"}, {"b", "2"}};
  t.active(first);
  JoinRequest again = TestRoom::request("alice");
  again.keep_metadata = again.keep_attributes = true;
  again.attributes = {{"a", "new"}};
  const Client& young = t.active(again);

  EXPECT_EQ(young.joined.self->metadata, "large");
  EXPECT_EQ(young.joined.self->attributes, (Attributes{{"a", "new"}, {"b", "2"}}));
}

TEST(Rejoin, takes_over_nothing_otherwise) {
  TestRoom t;
  JoinRequest first = TestRoom::request("alice");
  first.metadata = "old";
  first.attributes = {{"a", "1"}};
  t.active(first);
  const Client& young = t.active("alice");

  EXPECT_EQ(young.joined.self->metadata, "");
  EXPECT_THAT(young.joined.self->attributes, IsEmpty());
}

}  // namespace
}  // namespace plenum::control::testing
