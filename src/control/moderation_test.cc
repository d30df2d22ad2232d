#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Moderation, makes_a_room_that_closes_when_nobody_comes) {
  TestRoom t;
  const auto room = t.control.moderation().create_room("early", {}, t.now);
  ASSERT_TRUE(room.ok());
  t.advance(299s);
  EXPECT_THAT(t.control.moderation().list_rooms({}), SizeIs(1));
  t.advance(2s);

  EXPECT_THAT(t.control.moderation().list_rooms({}), IsEmpty());
}

TEST(Moderation, creating_an_existing_room_changes_only_what_is_given) {
  TestRoom t;
  Client& alice = t.active("alice");
  RoomSettings settings;
  settings.metadata = "new";
  const auto room = t.control.moderation().create_room("room", settings, t.now);

  EXPECT_EQ(room->sid, alice.joined.room.sid);
  EXPECT_EQ(room->empty_timeout, 300s);
  EXPECT_EQ(alice.last<RoomUpdated>().room.metadata, "new");
}

TEST(Moderation, mutes_a_track_and_asks_its_client_to_follow) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  ASSERT_TRUE(t.control.moderation().mute_track("room", "alice", sid, true, t.now).ok());

  EXPECT_EQ(alice.last<MuteRequested>().track_sid, sid);
  EXPECT_TRUE(alice.last<MuteRequested>().muted);
  EXPECT_TRUE(bob.heard_of("alice").back()->tracks[0].muted);
  EXPECT_EQ(t.control.moderation().mute_track("room", "alice", sid, false, t.now).error(),
            Refusal::not_allowed);
}

TEST(Moderation, removes_a_participant) {
  TestRoom t;
  Client& alice = t.active("alice");
  ASSERT_TRUE(t.control.moderation().remove_participant("room", "alice", t.now).ok());

  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::participant_removed);
  EXPECT_EQ(t.find(alice), nullptr);
  EXPECT_EQ(t.control.moderation().remove_participant("room", "alice", t.now).error(),
            Refusal::not_found);
}

TEST(Moderation, deletes_a_room) {
  TestRoom t;
  Client& alice = t.active("alice");
  ASSERT_TRUE(t.control.moderation().delete_room("room", t.now).ok());

  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::room_deleted);
  EXPECT_EQ(t.control.world().room("room"), nullptr);
}

TEST(Moderation, taking_the_right_to_publish_ends_the_tracks_and_renews_the_token) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  const std::size_t tokens = alice.count<TokenDue>();
  Permissions p;
  p.can_publish = false;
  ASSERT_TRUE(t.control.moderation().update_participant("room", "alice", {}, p, t.now).ok());

  EXPECT_EQ(alice.last<TrackUnpublished>().track_sid, sid);
  EXPECT_THAT(bob.heard_of("alice").back()->tracks, IsEmpty());
  EXPECT_FALSE(alice.heard_of("alice").back()->permissions.can_publish);
  EXPECT_EQ(alice.count<TokenDue>(), tokens + 1);
}

TEST(Moderation, narrowing_the_sources_ends_only_the_others) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.publish_audio(alice);
  const std::string video = t.publish_video(alice);
  Permissions p;
  p.can_publish_sources = {TrackSource::microphone};
  ASSERT_TRUE(t.control.moderation().update_participant("room", "alice", {}, p, t.now).ok());

  EXPECT_EQ(alice.count<TrackUnpublished>(), 1u);
  EXPECT_EQ(alice.last<TrackUnpublished>().track_sid, video);
}

TEST(Moderation, taking_and_giving_the_right_to_subscribe_works_at_once) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.active("bob");
  t.publish_audio(alice);
  Permissions p;
  p.can_subscribe = false;
  ASSERT_TRUE(t.control.moderation().update_participant("room", "bob", {}, p, t.now).ok());
  EXPECT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(1));
  p.can_subscribe = true;
  ASSERT_TRUE(t.control.moderation().update_participant("room", "bob", {}, p, t.now).ok());

  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(2));
}

TEST(Moderation, hiding_a_participant_makes_it_leave_the_view_of_others) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.publish_audio(alice);
  Permissions p;
  p.hidden = true;
  ASSERT_TRUE(t.control.moderation().update_participant("room", "alice", {}, p, t.now).ok());

  EXPECT_EQ(bob.heard_of("alice").back()->state, ParticipantState::disconnected);
  EXPECT_THAT(bob.heard_of("alice").back()->tracks, IsEmpty());
  EXPECT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(1));
}

TEST(Moderation, subscribes_and_unsubscribes_for_a_participant) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.active("bob");
  const std::string sid = t.publish_audio(alice);
  ASSERT_TRUE(t.control.moderation().update_subscriptions("room", "bob", {sid}, false, t.now).ok());

  EXPECT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(1));
}

}  // namespace
}  // namespace plenum::control::testing
