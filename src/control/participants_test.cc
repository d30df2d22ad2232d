#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Join, a_first_join_makes_the_room_and_answers_with_everything) {
  TestRoom t;
  const Client& alice = t.join("alice");

  EXPECT_EQ(alice.joined.room.name, "room");
  EXPECT_EQ(alice.joined.room.sid.substr(0, 3), "RM_");
  EXPECT_EQ(alice.sid().substr(0, 3), "PA_");
  EXPECT_EQ(alice.joined.self->state, ParticipantState::joined);
  EXPECT_GE(alice.joined.self->version, 1u);
  EXPECT_FALSE(alice.joined.sif_trailer.empty());
  EXPECT_THAT(alice.joined.others, IsEmpty());
  EXPECT_EQ(alice.count<TokenDue>(), 1u);
}

TEST(Join, a_single_connection_client_gets_one_peer_and_no_subscriber_primary) {
  TestRoom t;
  const Client& alice = t.join("alice");

  const auto peers = t.commands<shard::AddPeer>();
  ASSERT_THAT(peers, SizeIs(1));
  EXPECT_EQ(peers[0].mode, shard::PeerMode::single);
  EXPECT_EQ(peers[0].name, alice.sid());
  EXPECT_FALSE(alice.joined.subscriber_primary);
}

TEST(Join, streams_are_in_sync_for_clients_that_find_tracks_by_mid) {
  TestRoom t;
  JoinRequest chrome = TestRoom::request("chrome"), firefox = TestRoom::request("firefox"),
              dual = TestRoom::request("dual"), old = TestRoom::request("old");
  chrome.client.browser = "Chrome";
  firefox.client.browser = "Firefox";
  dual.single = false;
  old.client.protocol = 9;
  for (const JoinRequest& r : {chrome, firefox, dual, old}) t.join(r);

  std::vector<bool> in_sync;
  for (const auto& peer : t.commands<shard::AddPeer>()) in_sync.push_back(peer.sync_streams);
  EXPECT_THAT(in_sync, ElementsAre(true, false, false, false, false));
}

TEST(Join, a_dual_connection_client_gets_two_peers_and_the_subscriber_is_primary) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.single = false;
  const Client& alice = t.join(r);

  const auto peers = t.commands<shard::AddPeer>();
  ASSERT_THAT(peers, SizeIs(2));
  EXPECT_EQ(peers[0].mode, shard::PeerMode::publisher);
  EXPECT_EQ(peers[1].mode, shard::PeerMode::subscriber);
  EXPECT_TRUE(alice.joined.subscriber_primary);
  EXPECT_EQ(t.primary(alice), peers[1].peer);
}

TEST(Join, without_the_right_to_subscribe_the_publisher_connection_is_primary) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.single = false;
  r.permissions.can_subscribe = false;
  const Client& alice = t.join(r);

  EXPECT_FALSE(alice.joined.subscriber_primary);
  EXPECT_EQ(t.primary(alice), t.publisher(alice));
}

TEST(Join, is_refused_for_an_unknown_room_when_rooms_are_not_made_by_joining) {
  TestRoom t({.auto_create_rooms = false});
  const auto joined = t.control.join(TestRoom::request("alice"), {}, t.now);

  ASSERT_FALSE(joined.ok());
  EXPECT_EQ(joined.error(), JoinRefusal::room_not_found);
}

TEST(Join, is_refused_to_one_too_many_but_not_to_agents) {
  TestRoom t({.max_participants = 1});
  t.join("alice");
  JoinRequest agent = TestRoom::request("agent");
  agent.kind = ParticipantKind::agent;

  EXPECT_EQ(t.control.check(TestRoom::request("bob")).error(), JoinRefusal::room_full);
  EXPECT_TRUE(t.control.check(agent).ok());
  EXPECT_TRUE(t.control.check(TestRoom::request("alice")).ok());
}

TEST(Join, applies_the_room_settings_of_the_token_only_to_a_new_room) {
  TestRoom t;
  JoinRequest first = TestRoom::request("alice");
  first.room_settings = RoomSettings{60s, 5s, 10, "hello"};
  JoinRequest second = TestRoom::request("bob");
  second.room_settings = RoomSettings{1s, 1s, 1, "other"};
  const RoomSnapshot made = t.join(first).joined.room;
  const RoomSnapshot found = t.join(second).joined.room;

  EXPECT_EQ(made.empty_timeout, 60s);
  EXPECT_EQ(made.max_participants, 10u);
  EXPECT_EQ(made.metadata, "hello");
  EXPECT_EQ(found.metadata, "hello");
}

TEST(Join, tells_the_others_within_the_batch_interval) {
  TestRoom t;
  Client& alice = t.join("alice");
  t.join("bob");
  EXPECT_THAT(alice.heard_of("bob"), IsEmpty());
  t.advance(200ms);

  ASSERT_THAT(alice.heard_of("bob"), SizeIs(1));
  EXPECT_EQ(alice.heard_of("bob")[0]->state, ParticipantState::joined);
}

TEST(Join, shows_those_present_but_not_the_hidden) {
  TestRoom t;
  JoinRequest spy = TestRoom::request("spy");
  spy.permissions.hidden = true;
  Client& hidden = t.join(spy);
  Client& alice = t.join("alice");
  const Client& bob = t.join("bob");
  t.advance(1s);

  ASSERT_THAT(bob.joined.others, SizeIs(1));
  EXPECT_EQ(bob.joined.others[0]->identity, "alice");
  EXPECT_THAT(alice.heard_of("spy"), IsEmpty());
  EXPECT_THAT(hidden.heard_of("bob"), SizeIs(1));
}

TEST(Active, follows_the_primary_connection_and_is_told_to_self_at_once) {
  TestRoom t;
  Client& alice = t.join("alice");
  t.connect(alice);

  ASSERT_THAT(alice.heard_of("alice"), SizeIs(1));
  EXPECT_EQ(alice.heard_of("alice")[0]->state, ParticipantState::active);
  EXPECT_GT(alice.heard_of("alice")[0]->version, alice.joined.self->version);
}

TEST(Active, when_not_reached_in_a_minute_ends_with_join_failure) {
  TestRoom t;
  Client& alice = t.join("alice");
  t.advance(59s);
  EXPECT_NE(t.find(alice), nullptr);
  t.advance(2s);

  EXPECT_EQ(t.find(alice), nullptr);
  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::join_failure);
}

TEST(Leave, removes_the_participant_at_once_without_a_reply) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.advance(1s);
  const PeerId peer = t.primary(bob);
  t.control.leave(bob.id(), t.now);
  t.advance(200ms);

  EXPECT_EQ(bob.count<LeaveSent>(), 0u);
  ASSERT_FALSE(alice.heard_of("bob").empty());
  EXPECT_EQ(alice.heard_of("bob").back()->state, ParticipantState::disconnected);
  EXPECT_EQ(alice.heard_of("bob").back()->disconnect_reason, DisconnectReason::client_initiated);
  ASSERT_THAT(t.commands<shard::RemovePeer>(), SizeIs(1));
  EXPECT_EQ(t.commands<shard::RemovePeer>()[0].peer, peer);
}

TEST(Leave, of_a_publisher_is_told_at_once_and_without_tracks) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.publish_audio(bob);
  t.control.leave(bob.id(), t.now);

  EXPECT_EQ(alice.heard_of("bob").back()->state, ParticipantState::disconnected);
  EXPECT_THAT(alice.heard_of("bob").back()->tracks, IsEmpty());
}

TEST(DuplicateIdentity, the_newest_wins_and_the_old_is_told_why) {
  TestRoom t;
  Client& old = t.active("alice");
  Client& young = t.active("alice");

  EXPECT_EQ(t.find(old), nullptr);
  EXPECT_NE(t.find(young), nullptr);
  EXPECT_EQ(old.last<LeaveSent>().action, LeaveAction::disconnect);
  EXPECT_EQ(old.last<LeaveSent>().reason, DisconnectReason::duplicate_identity);
  EXPECT_NE(old.sid(), young.sid());
}

TEST(DuplicateIdentity, others_hear_the_end_of_the_old_before_anything_of_the_new) {
  TestRoom t;
  Client& watcher = t.active("watcher");
  t.active("alice");
  t.advance(1s);
  Client& young = t.active("alice");
  t.publish_audio(young);
  t.advance(1s);

  bool young_seen = false;
  for (const SnapshotPtr& s : watcher.heard_of("alice")) {
    if (s->sid == young.sid()) young_seen = true;
    if (young_seen) {
      EXPECT_EQ(s->sid, young.sid());
    }
  }
  EXPECT_TRUE(young_seen);
}

TEST(DuplicateIdentity, a_thousand_races_leave_exactly_one) {
  TestRoom t;
  for (int i = 0; i < 1000; ++i) t.join("alice");

  EXPECT_THAT(t.control.world().participants, SizeIs(1));
  EXPECT_THAT(t.control.world().peers, SizeIs(1));
  EXPECT_NE(t.find(t.clients.back()), nullptr);
}

TEST(SignalLoss, keeps_a_participant_whose_media_is_up) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.lose_signal(alice);
  t.advance(600s);

  EXPECT_NE(t.find(alice), nullptr);
}

TEST(SignalLoss, before_media_was_ever_up_ends_the_participant_unless_it_resumes) {
  TestRoom t;
  Client& alice = t.join("alice");
  t.lose_signal(alice);
  t.advance(4s);
  EXPECT_NE(t.find(alice), nullptr);
  t.advance(2s);

  EXPECT_EQ(t.find(alice), nullptr);
}

TEST(SignalLoss, before_media_was_up_is_survived_by_a_resume) {
  TestRoom t;
  Client& alice = t.join("alice");
  t.lose_signal(alice);
  ASSERT_TRUE(t.resume(alice).ok());
  t.advance(30s);

  EXPECT_NE(t.find(alice), nullptr);
}

TEST(SignalLoss, of_a_socket_that_was_replaced_means_nothing) {
  TestRoom t;
  Client& alice = t.active("alice");
  const std::uint64_t former = alice.joined.session;
  ASSERT_TRUE(t.resume(alice).ok());
  t.control.signal_lost(alice.id(), former, t.now);

  EXPECT_TRUE(t.find(alice)->sink != nullptr);
}

TEST(PeerLoss, asks_the_client_to_resume_and_waits_five_seconds) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.event(shard::PeerDisconnected{t.primary(alice)});

  EXPECT_EQ(alice.last<LeaveSent>().action, LeaveAction::resume);
  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::connection_timeout);
  t.advance(4900ms);
  EXPECT_NE(t.find(alice), nullptr);
  t.advance(200ms);
  EXPECT_EQ(t.find(alice), nullptr);
}

TEST(PeerLoss, is_survived_by_a_resume_after_which_media_comes_back) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.event(shard::PeerDisconnected{t.primary(alice)});
  t.advance(3s);
  ASSERT_TRUE(t.resume(alice).ok());
  t.advance(1s);
  t.event(shard::PeerReconnected{t.primary(alice)});
  t.advance(300s);

  EXPECT_NE(t.find(alice), nullptr);
}

TEST(PeerLoss, after_a_resume_without_media_ends_in_a_full_reconnect) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.event(shard::PeerDisconnected{t.primary(alice)});
  ASSERT_TRUE(t.resume(alice).ok());
  t.advance(21s);

  EXPECT_EQ(t.find(alice), nullptr);
  EXPECT_EQ(alice.last<LeaveSent>().action, LeaveAction::reconnect);
}

TEST(NegotiationFailure, ends_in_a_full_reconnect) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.event(shard::NegotiationFailed{t.primary(alice), "m-lines changed"});

  EXPECT_EQ(alice.last<LeaveSent>().action, LeaveAction::reconnect);
  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::state_mismatch);
  EXPECT_EQ(t.find(alice), nullptr);
}

TEST(Profile, of_oneself_needs_the_grant) {
  TestRoom t;
  Client& alice = t.active("alice");

  EXPECT_EQ(t.control.change_profile(alice.id(), {"m", "n", {}}).error(), Refusal::not_allowed);
}

TEST(Profile, change_reaches_self_and_others_at_once_and_renews_the_token) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_update_metadata = true;
  r.attributes = {{"keep", "1"}, {"drop", "1"}};
  Client& alice = t.active(r);
  Client& bob = t.active("bob");
  const std::size_t tokens = alice.count<TokenDue>();
  ASSERT_TRUE(t.control.change_profile(alice.id(), {"", "Alice", {{"drop", ""}}}).ok());

  EXPECT_EQ(bob.heard_of("alice").back()->name, "Alice");
  EXPECT_EQ(alice.heard_of("alice").back()->name, "Alice");
  EXPECT_EQ(alice.heard_of("alice").back()->attributes, (Attributes{{"keep", "1"}}));
  EXPECT_EQ(alice.count<TokenDue>(), tokens + 1);
}

TEST(Profile, too_large_is_refused) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_update_metadata = true;
  Client& alice = t.active(r);
  const std::string metadata(kMaxMetadataBytes + 1, 'x');
  const std::string attribute(kMaxAttributesBytes, 'x');

  EXPECT_EQ(t.control.change_profile(alice.id(), {metadata, "", {}}).error(),
            Refusal::limit_exceeded);
  EXPECT_EQ(t.control.change_profile(alice.id(), {"", "", {{"a", attribute}}}).error(),
            Refusal::limit_exceeded);
}

TEST(Versions, rise_with_every_change_a_client_hears_of) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(bob);
  ASSERT_TRUE(t.control.set_muted(bob.id(), sid, true, t.now).ok());
  t.advance(1s);
  t.unbind(bob, sid);
  t.control.leave(bob.id(), t.now);
  t.advance(1s);

  std::uint32_t last = 0;
  for (const SnapshotPtr& s : alice.heard_of("bob")) {
    EXPECT_GT(s->version, last);
    last = s->version;
  }
}

TEST(Token, is_renewed_every_five_minutes) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.advance(601s);

  EXPECT_EQ(alice.count<TokenDue>(), 3u);
}

}  // namespace
}  // namespace plenum::control::testing
