#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class MovingTest : public ::testing::Test {
 protected:
  static JoinRequest into(const std::string& room, const std::string& identity,
                          const std::string& key = "key") {
    JoinRequest r = TestRoom::request(identity);
    r.api_key = key;
    r.room = room;
    return r;
  }
  Status<MoveRefusal> move(const std::string& to = "other") {
    return t.control.moderation().move_participant("room", "alice", to, t.now);
  }

  TestRoom t;
};

TEST_F(MovingTest, tells_the_client_its_new_room_and_who_is_there) {
  Client& alice = t.active("alice");
  Client& carol = t.active(into("other", "carol"));
  ASSERT_TRUE(move().ok());

  const RoomMoved moved = alice.last<RoomMoved>();
  EXPECT_EQ(moved.room.sid, carol.joined.room.sid);
  EXPECT_EQ(moved.self->sid, alice.sid());
  EXPECT_EQ(moved.self->state, ParticipantState::active);
  ASSERT_THAT(moved.others, SizeIs(1));
  EXPECT_EQ(moved.others[0]->identity, "carol");
  EXPECT_EQ(alice.count<LeaveSent>(), 0u);
  EXPECT_THAT(t.commands<shard::RemovePeer>(), IsEmpty());
}

TEST_F(MovingTest, is_a_departure_in_the_old_room_and_an_arrival_in_the_new_one) {
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active(into("other", "carol"));
  t.publish_audio(alice);
  ASSERT_TRUE(move().ok());

  EXPECT_EQ(bob.heard_of("alice").back()->state, ParticipantState::disconnected);
  EXPECT_THAT(bob.heard_of("alice").back()->tracks, IsEmpty());
  ASSERT_FALSE(carol.heard_of("alice").empty());
  EXPECT_EQ(carol.heard_of("alice").back()->state, ParticipantState::active);
  EXPECT_THAT(carol.heard_of("alice").back()->tracks, SizeIs(1));
  EXPECT_TRUE(carol.heard_of("alice").back()->is_publisher);
  EXPECT_GT(carol.heard_of("alice").back()->version, bob.heard_of("alice").back()->version);
}

TEST_F(MovingTest, takes_its_tracks_along_and_exchanges_its_subscriptions) {
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active(into("other", "carol"));
  const std::string mine = t.publish_audio(alice);
  t.publish_audio(bob);
  const std::string theirs = t.publish_audio(carol);
  t.posted.clear();
  ASSERT_TRUE(move().ok());

  EXPECT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(2));
  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(2));
  EXPECT_THAT(t.commands<shard::RemoveTrack>(), IsEmpty());
  EXPECT_EQ(t.find(alice)->subscriptions.count(theirs), 1u);
  EXPECT_EQ(t.find(carol)->subscriptions.count(mine), 1u);
  EXPECT_THAT(t.find(bob)->subscriptions, IsEmpty());
}

TEST_F(MovingTest, ends_with_the_new_room_and_no_longer_with_the_old_one) {
  Client& alice = t.active("alice");
  ASSERT_TRUE(move().ok());
  t.advance(21s);
  EXPECT_EQ(t.control.world().room("room"), nullptr);
  EXPECT_NE(t.find(alice), nullptr);
  ASSERT_TRUE(t.control.moderation().delete_room("other", t.now).ok());

  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::room_deleted);
  EXPECT_EQ(t.find(alice), nullptr);
}

TEST_F(MovingTest, is_followed_by_a_resume_in_the_new_room) {
  Client& alice = t.active("alice");
  ASSERT_TRUE(move().ok());

  EXPECT_FALSE(t.resume(alice).ok());
  EXPECT_TRUE(
      t.control.resume({"other", "alice", alice.sid(), true, 17, 0, "key"}, {}, t.now).ok());
}

TEST_F(MovingTest, does_not_carry_messages_over) {
  Client& alice = t.active("alice");
  Client& carol = t.join(into("other", "carol"));
  t.send(alice, "1::said before");
  ASSERT_TRUE(move().ok());
  t.connect(carol);
  EXPECT_THAT(t.sent_to(carol), IsEmpty());
  t.send(alice, "2::said after");

  EXPECT_THAT(t.sent_to(carol), ::testing::ElementsAre("2::said after"));
}

TEST_F(MovingTest, is_history_in_both_rooms) {
  std::vector<std::pair<std::string, std::size_t>> seen;
  Client& alice = t.active("alice");
  t.publish_audio(alice);
  t.control.on_domain_event([&](const DomainEvent& e) {
    seen.emplace_back(e.room.name, e.what.index());
    if (const auto* left = std::get_if<ParticipantLeft>(&e.what)) {
      EXPECT_TRUE(left->was_active);
      EXPECT_EQ(left->reason, DisconnectReason::migration);
      EXPECT_EQ(e.room.num_participants, 0u);
    }
  });
  ASSERT_TRUE(move().ok());

  // track removed, left; started, joined, activated, track added
  EXPECT_THAT(seen, ::testing::ElementsAre(std::pair("other", 0u), std::pair("room", 6u),
                                           std::pair("room", 4u), std::pair("other", 2u),
                                           std::pair("other", 3u), std::pair("other", 5u)));
}

TEST_F(MovingTest, continues_a_call_of_the_server) {
  Client& alice = t.active("alice");
  std::string answer;
  RpcRequest request{"1", shared("call"), 10s, [&](const Result<std::string, RpcError>& r) {
                       answer = r ? *r : r.error().message;
                     }};
  ASSERT_TRUE(t.control.moderation().perform_rpc("room", "alice", request, t.now).ok());
  ASSERT_TRUE(move().ok());
  EXPECT_EQ(answer, "");
  t.send(alice, "response=1");

  EXPECT_EQ(answer, "the answer");
}

TEST_F(MovingTest, replaces_the_same_identity_there) {
  t.active("alice");
  Client& twin = t.active(into("other", "alice"));
  ASSERT_TRUE(move().ok());

  EXPECT_EQ(twin.last<LeaveSent>().reason, DisconnectReason::duplicate_identity);
  EXPECT_EQ(t.control.world().room("other")->participants.size(), 1u);
}

TEST_F(MovingTest, is_refused_where_it_cannot_be) {
  EXPECT_EQ(move().error(), MoveRefusal::participant_not_found);
  Client& alice = t.active("alice");
  EXPECT_EQ(move("room").error(), MoveRefusal::same_room);
  RoomSettings settings;
  settings.max_participants = 1;
  ASSERT_TRUE(t.control.moderation().create_room("key", "full", settings, t.now).ok());
  t.join(into("full", "bob"));
  EXPECT_EQ(move("full").error(), MoveRefusal::room_full);
  t.join(into("foreign", "eve", "another key"));
  EXPECT_EQ(move("foreign").error(), MoveRefusal::room_not_found);
  t.lose_signal(alice);

  EXPECT_EQ(move().error(), MoveRefusal::not_connected);
  EXPECT_EQ(t.control.world().room("other"), nullptr);
}

}  // namespace
}  // namespace plenum::control::testing
