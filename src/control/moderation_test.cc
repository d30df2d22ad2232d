#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Moderation, makes_a_room_that_closes_when_nobody_comes) {
  TestRoom t;
  const auto room = t.control.moderation().create_room("key", "early", {}, t.now);
  ASSERT_TRUE(room.ok());
  t.advance(299s);
  EXPECT_THAT(t.control.moderation().list_rooms("key", {}), SizeIs(1));
  t.advance(2s);

  EXPECT_THAT(t.control.moderation().list_rooms("key", {}), IsEmpty());
}

TEST(Moderation, lists_each_room_that_was_named_and_exists_once) {
  TestRoom t;
  Moderation& m = t.control.moderation();
  for (const char* name : {"a", "b"}) ASSERT_TRUE(m.create_room("key", name, {}, t.now).ok());

  ASSERT_THAT(m.list_rooms("key", {"b", "c", "b"}), SizeIs(1));
  EXPECT_EQ(m.list_rooms("key", {"b"}).front().name, "b");
  EXPECT_THAT(m.list_rooms("key", {}), SizeIs(2));
}

TEST(Moderation, creating_an_existing_room_changes_only_what_is_given) {
  TestRoom t;
  Client& alice = t.active("alice");
  RoomSettings settings;
  settings.metadata = "new";
  const auto room = t.control.moderation().create_room("key", "room", settings, t.now);

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
  Client& bob = t.active("bob");
  ASSERT_TRUE(t.control.moderation().remove_participant("room", "alice", t.now).ok());
  t.advance(1s);

  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::participant_removed);
  EXPECT_EQ(alice.heard_of("alice").back()->attributes.at("plenum.removedBy"), "api");
  EXPECT_EQ(bob.heard_of("alice").back()->attributes.at("plenum.removedBy"), "api");
  EXPECT_EQ(bob.heard_of("alice").back()->state, ParticipantState::disconnected);
  EXPECT_EQ(t.find(alice), nullptr);
  EXPECT_EQ(t.control.moderation().remove_participant("room", "alice", t.now).error(),
            Refusal::not_found);
}

TEST(Moderation, with_a_participant_go_the_other_connections_of_its_token) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest second = TestRoom::request("alice#screen");
  second.token_identity = "alice";
  Client& screen = t.active(second);
  Client& bob = t.active("bob");
  ASSERT_TRUE(t.control.moderation().remove_participant("room", "alice#screen", t.now).ok());
  EXPECT_NE(t.find(alice), nullptr);
  Client& again = t.active(second);
  ASSERT_TRUE(t.control.moderation().remove_participant("room", "alice", t.now).ok());

  EXPECT_EQ(screen.last<LeaveSent>().reason, DisconnectReason::participant_removed);
  EXPECT_EQ(again.last<LeaveSent>().reason, DisconnectReason::participant_removed);
  EXPECT_EQ(t.find(alice), nullptr);
  EXPECT_NE(t.find(bob), nullptr);
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

RoutedData from_api(std::string_view text, std::string nonce = {}) {
  const Bytes bytes = as_bytes(text);
  RoutedData data;
  data.bytes = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
  data.nonce = std::move(nonce);
  return data;
}

TEST(Moderation, data_sent_twice_with_one_nonce_arrives_once) {
  TestRoom t;
  Client& alice = t.active("alice");
  Moderation& m = t.control.moderation();
  for (const char* nonce : {"1", "1", "2", "", ""})
    ASSERT_TRUE(m.send_data("room", from_api(std::string("n") + nonce, nonce), true, t.now).ok());

  EXPECT_THAT(t.sent_to(alice), ElementsAre("n1", "n2", "n", "n"));
}

TEST(Moderation, remembers_a_hundred_nonces_of_a_room) {
  TestRoom t;
  Client& alice = t.active("alice");
  Moderation& m = t.control.moderation();
  for (int i = 0; i <= 100; ++i)
    ASSERT_TRUE(m.send_data("room", from_api("x", std::to_string(i)), true, t.now).ok());
  ASSERT_TRUE(m.send_data("room", from_api("x", "1"), true, t.now).ok());
  ASSERT_TRUE(m.send_data("room", from_api("x", "0"), true, t.now).ok());

  EXPECT_THAT(t.sent_to(alice), SizeIs(102));
}

TEST(Moderation, data_larger_than_a_client_takes_is_refused) {
  TestRoom t;
  Client& alice = t.active("alice");
  const auto sent =
      t.control.moderation().send_data("room", from_api(std::string(262'145, 'x')), true, t.now);

  EXPECT_EQ(sent.error(), Refusal::limit_exceeded);
  EXPECT_THAT(t.sent_to(alice), IsEmpty());
}

TEST(Moderation, reliable_data_waits_for_those_who_are_just_joining) {
  TestRoom t;
  t.active("alice");
  Client& bob = t.join("bob");
  Moderation& m = t.control.moderation();
  ASSERT_TRUE(m.send_data("room", from_api("kept"), true, t.now).ok());
  ASSERT_TRUE(m.send_data("room", from_api("lossy"), false, t.now).ok());
  t.advance(1s);
  t.connect(bob);
  Client& carol = t.active("carol");

  EXPECT_THAT(t.sent_to(bob), ElementsAre("kept"));
  EXPECT_THAT(t.sent_to(carol), IsEmpty());
}

TEST(Moderation, a_permission_replaces_the_whole_set_and_survives_a_resume) {
  TestRoom t;
  JoinRequest request = TestRoom::request("alice");
  request.permissions.can_update_metadata = true;
  Client& alice = t.active(request);
  Permissions p;
  p.can_publish = p.can_publish_data = false;
  ASSERT_TRUE(t.control.moderation().update_participant("room", "alice", {}, p, t.now).ok());
  t.lose_signal(alice);
  const std::size_t tokens = alice.count<TokenDue>();
  ASSERT_TRUE(t.resume(alice).ok());

  EXPECT_EQ(t.find(alice)->permissions, p);
  EXPECT_EQ(alice.heard_of("alice").back()->permissions, p);
  EXPECT_EQ(alice.count<TokenDue>(), tokens + 1);
  EXPECT_EQ(t.control.change_profile(alice.id(), {"", "new", {}}).error(), Refusal::not_allowed);
}

TEST(Moderation, making_a_participant_a_recorder_shows_in_the_room_and_lets_it_close) {
  TestRoom t;
  Client& alice = t.active("alice");
  Permissions p;
  p.recorder = true;
  ASSERT_TRUE(t.control.moderation().update_participant("room", "alice", {}, p, t.now).ok());
  EXPECT_TRUE(alice.last<RoomUpdated>().room.active_recording);
  t.advance(21s);

  EXPECT_EQ(t.control.world().room("room"), nullptr);
}

TEST(Moderation, a_recorder_that_becomes_an_ordinary_participant_keeps_the_room_open) {
  TestRoom t;
  JoinRequest request = TestRoom::request("alice");
  request.permissions.recorder = true;
  Client& alice = t.active(request);
  ASSERT_TRUE(
      t.control.moderation().update_participant("room", "alice", {}, Permissions{}, t.now).ok());
  EXPECT_FALSE(alice.last<RoomUpdated>().room.active_recording);
  t.advance(290s);
  t.control.leave(alice.id(), t.now);
  t.advance(19s);

  EXPECT_NE(t.control.world().room("room"), nullptr);
}

}  // namespace
}  // namespace plenum::control::testing
