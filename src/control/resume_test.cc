#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::size_t> kinds(const std::vector<ParticipantEvent>& events) {
  std::vector<std::size_t> out;
  for (const auto& event : events) out.push_back(event.index());
  return out;
}
template <class E>
std::size_t kind() {
  return ParticipantEvent(E{}).index();
}

TEST(Resume, closes_the_old_socket_silently_and_tells_all_in_order) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  t.publish_video(alice);
  t.advance(11s);
  t.lose_signal(alice);
  t.control.leave(carol.id(), t.now);
  t.advance(1s);
  alice.events.clear();
  ASSERT_TRUE(t.resume(alice).ok());

  EXPECT_THAT(kinds(alice.events),
              ElementsAre(kind<ParticipantsUpdated>(), kind<ParticipantsUpdated>(),
                          kind<RoomUpdated>(), kind<TokenDue>(), kind<SubscribedQualities>()));
  const auto updates = alice.all<ParticipantsUpdated>();
  ASSERT_THAT(updates[0].participants, SizeIs(1));
  EXPECT_EQ(updates[0].participants[0]->identity, "carol");
  EXPECT_EQ(updates[0].participants[0]->state, ParticipantState::disconnected);
  ASSERT_THAT(updates[1].participants, SizeIs(2));
  EXPECT_EQ(updates[1].participants[0]->sid, bob.sid());
  EXPECT_EQ(updates[1].participants[1]->sid, alice.sid());
}

TEST(Resume, replaces_a_socket_that_still_stands_without_a_leave) {
  TestRoom t;
  Client& alice = t.active("alice");
  ASSERT_TRUE(t.resume(alice).ok());

  EXPECT_EQ(alice.count<SessionReplaced>(), 1u);
  EXPECT_EQ(alice.count<LeaveSent>(), 0u);
}

TEST(Resume, of_a_dual_connection_client_restarts_ice_and_of_a_single_one_does_not) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.single = false;
  Client& alice = t.active(r);
  Client& bob = t.active("bob");
  ASSERT_TRUE(t.resume(bob).ok());
  EXPECT_THAT(t.commands<shard::RestartIce>(), IsEmpty());
  ASSERT_TRUE(t.resume(alice, false).ok());

  ASSERT_THAT(t.commands<shard::RestartIce>(), SizeIs(1));
  EXPECT_EQ(t.commands<shard::RestartIce>()[0].peer, t.primary(alice));
}

TEST(Resume, tells_the_last_reliable_message_seen) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.send(alice, "7::x");

  EXPECT_EQ(t.resume(alice)->last_message_sequence, 7u);
}

TEST(Resume, of_somebody_unknown_is_refused) {
  TestRoom t;
  Client& alice = t.active("alice");

  EXPECT_FALSE(t.control.resume({"room", "bob", "", true, 17, 0, "key"}, {}, t.now).ok());
  EXPECT_FALSE(t.control.resume({"other", "alice", "", true, 17, 0, "key"}, {}, t.now).ok());
  EXPECT_FALSE(
      t.control.resume({"room", "alice", "PA_former", true, 17, 0, "key"}, {}, t.now).ok());
  EXPECT_FALSE(t.resume(alice, false).ok());
  EXPECT_TRUE(t.find(alice)->sink != nullptr);
}

TEST(Resume, keeps_sids_and_tracks_and_says_nothing_to_others) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  t.lose_signal(alice);
  t.advance(10s);
  const std::size_t heard = bob.heard_of("alice").size();
  ASSERT_TRUE(t.resume(alice).ok());
  t.advance(1s);

  EXPECT_EQ(bob.heard_of("alice").size(), heard);
  EXPECT_NE(t.find(alice)->track(sid), nullptr);
}

TEST(Resume, does_not_tell_the_end_of_somebody_who_is_back) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.lose_signal(alice);
  t.control.leave(bob.id(), t.now);
  t.active("bob");
  alice.events.clear();
  ASSERT_TRUE(t.resume(alice).ok());

  for (const SnapshotPtr& s : alice.heard_of("bob"))
    EXPECT_NE(s->state, ParticipantState::disconnected);
}

TEST(Resume, tells_what_a_moderator_muted_meanwhile) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.active("bob");
  const std::string sid = t.publish_audio(alice);
  t.lose_signal(alice);
  alice.events.clear();
  ASSERT_TRUE(t.control.moderation().mute_track("room", "alice", sid, true, t.now).ok());
  ASSERT_TRUE(t.resume(alice).ok());
  ASSERT_EQ(alice.count<MuteRequested>(), 1u);
  EXPECT_EQ(alice.last<MuteRequested>().track_sid, sid);
  ASSERT_TRUE(t.resume(alice).ok());

  EXPECT_EQ(alice.count<MuteRequested>(), 1u) << "once: it may have unmuted itself since";
}

TEST(Resume, tells_the_publisher_that_somebody_subscribed_meanwhile) {
  TestRoom t;
  Client& alice = t.active("alice");
  const std::string sid = t.publish_audio(alice);
  t.lose_signal(alice);
  t.active("bob");
  alice.events.clear();
  ASSERT_TRUE(t.resume(alice).ok());

  ASSERT_EQ(alice.count<TrackSubscribed>(), 1u);
  EXPECT_EQ(alice.last<TrackSubscribed>().track_sid, sid);
}

TEST(Resume, tells_which_tracks_are_no_longer_allowed) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  t.lose_signal(bob);
  bob.events.clear();
  t.control.set_subscription_permission(alice.id(), SubscriptionPermission{false, {}}, t.now);
  ASSERT_TRUE(t.resume(bob).ok());

  ASSERT_EQ(bob.count<SubscriptionPermissionChanged>(), 1u);
  EXPECT_FALSE(bob.last<SubscriptionPermissionChanged>().allowed);
}

TEST(Resume, tells_who_does_not_speak_any_more) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.publish_audio(alice);
  t.lose_signal(bob);
  bob.events.clear();
  ASSERT_TRUE(t.resume(bob).ok());

  ASSERT_THAT(bob.last<SpeakersChanged>().speakers, SizeIs(1));
  EXPECT_EQ(bob.last<SpeakersChanged>().speakers[0].participant_sid, alice.sid());
  EXPECT_FALSE(bob.last<SpeakersChanged>().speakers[0].active);
}

TEST(SyncState, naming_an_unknown_publication_forces_a_full_reconnect) {
  TestRoom t;
  Client& alice = t.active("alice");
  ASSERT_TRUE(t.resume(alice).ok());
  SyncState state;
  state.published_track_sids = {"TR_unknown"};
  t.control.sync(alice.id(), state, t.now);

  EXPECT_EQ(alice.last<LeaveSent>().action, LeaveAction::reconnect);
  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::state_mismatch);
  EXPECT_EQ(t.find(alice), nullptr);
}

TEST(SyncState, applies_unsubscribed_and_disabled_tracks) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string audio = t.publish_audio(alice);
  const std::string video = t.publish_video(alice);
  SyncState state;
  state.track_sids = {audio};
  state.subscribe = false;
  state.disabled_track_sids = {video};
  t.control.sync(bob.id(), state, t.now);

  ASSERT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(1));
  EXPECT_EQ(t.commands<shard::Unsubscribe>()[0].track, t.track_id(alice, audio));
  ASSERT_THAT(t.commands<shard::SetLayerTarget>(), SizeIs(1));
  EXPECT_FALSE(t.commands<shard::SetLayerTarget>()[0].target.enabled);
}

TEST(Resume, tells_only_the_identity_of_those_who_left) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest r = TestRoom::request("bob");
  r.name = "Bob";
  r.metadata = "long";
  r.attributes = {{"a", "b"}};
  r.client.capabilities = {1};
  Client& bob = t.active(r);
  t.control.leave(bob.id(), t.now);
  t.advance(1s);
  EXPECT_EQ(alice.heard_of("bob").back()->metadata, "long");
  alice.events.clear();
  ASSERT_TRUE(t.resume(alice).ok());

  ASSERT_THAT(alice.heard_of("bob"), SizeIs(1));
  const ParticipantSnapshot& left = *alice.heard_of("bob")[0];
  EXPECT_EQ(left.sid, bob.sid());
  EXPECT_EQ(left.name, "Bob");
  EXPECT_EQ(left.disconnect_reason, DisconnectReason::client_initiated);
  EXPECT_EQ(left.metadata, "");
  EXPECT_THAT(left.attributes, IsEmpty());
  EXPECT_THAT(left.capabilities, IsEmpty());
}

TEST(Resume, after_more_than_a_minute_tells_of_a_leave_that_is_still_known) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.advance(100s);
  t.lose_signal(alice);
  t.control.leave(bob.id(), t.now);
  t.advance(90s);
  alice.events.clear();
  ASSERT_TRUE(t.resume(alice).ok());

  ASSERT_THAT(alice.heard_of("bob"), SizeIs(1));
  EXPECT_EQ(alice.heard_of("bob")[0]->state, ParticipantState::disconnected);
}

TEST(Resume, is_refused_when_a_leave_was_forgotten_that_the_client_may_have_missed) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  t.advance(100s);
  t.lose_signal(alice);
  t.control.leave(bob.id(), t.now);
  t.advance(90s);
  t.control.leave(carol.id(), t.now);

  EXPECT_FALSE(t.resume(alice).ok());
}

TEST(Resume, is_not_refused_for_a_leave_that_was_forgotten_long_before_the_loss) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  t.control.leave(bob.id(), t.now);
  t.advance(90s);
  t.control.leave(carol.id(), t.now);
  t.lose_signal(alice);
  t.advance(1s);

  EXPECT_TRUE(t.resume(alice).ok());
}

}  // namespace
}  // namespace plenum::control::testing
