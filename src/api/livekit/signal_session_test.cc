#include "api/livekit/test_session.h"

namespace plenum::livekit_api::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(SignalSessionTest, a_join_is_the_first_message_and_complete) {
  context.config.ice_servers.push_back({{"turn:t.example:3478"}, "u", "c"});
  Socket& alice = connect("alice");
  ASSERT_FALSE(alice.received.empty());
  ASSERT_EQ(alice.received[0].message_case(), Kind::kJoin);
  const pb::JoinResponse& join = alice.received[0].join();

  EXPECT_EQ(join.room().sid().substr(0, 3), "RM_");
  EXPECT_EQ(join.participant().identity(), "alice");
  EXPECT_EQ(join.participant().sid().substr(0, 3), "PA_");
  EXPECT_GE(join.participant().version(), 1u);
  EXPECT_TRUE(join.participant().permission().can_publish());
  EXPECT_EQ(join.server_info().version(), "1.13.5");
  EXPECT_EQ(join.server_version(), "1.13.5");
  EXPECT_EQ(join.server_info().protocol(), 17);
  EXPECT_EQ(join.ping_interval(), 5);
  EXPECT_EQ(join.ping_timeout(), 15);
  EXPECT_FALSE(join.sif_trailer().empty());
  EXPECT_TRUE(join.fast_publish());
  EXPECT_FALSE(join.subscriber_primary());
  EXPECT_EQ(join.enabled_publish_codecs(0).mime(), "video/VP8");
  EXPECT_EQ(join.ice_servers(0).username(), "u");
}

TEST_F(SignalSessionTest, what_happens_between_join_and_open_follows_the_join) {
  connect("alice");
  Socket& bob = sockets.emplace_back();
  bob.session = std::make_shared<SignalSession>(context, token("bob"), parameters());
  ASSERT_TRUE(bob.session->start(room.now).ok());
  say(sockets[0], add_microphone());
  bind_last_track("alice");
  EXPECT_THAT(bob.received, IsEmpty());
  open(bob);

  ASSERT_GE(bob.received.size(), 2u);
  EXPECT_EQ(bob.received[0].message_case(), Kind::kJoin);
  ASSERT_EQ(bob.count(Kind::kUpdate), 1u);
  EXPECT_EQ(bob.last(Kind::kUpdate).update().participants(0).tracks_size(), 1);
}

TEST_F(SignalSessionTest, a_single_connection_join_publishes_and_answers_in_order) {
  JoinParameters p = parameters();
  p.add_track_requests.push_back(add_microphone().add_track());
  p.publisher_offer.emplace();
  p.publisher_offer->set_type("offer");
  p.publisher_offer->set_sdp("v=0");
  p.publisher_offer->set_id(1);
  Socket& alice = connect(token("alice"), p);
  EXPECT_LT(room.commands<shard::AddPendingTrack>().size(), 2u);
  ASSERT_THAT(room.commands<shard::RemoteOffer>(), SizeIs(1));
  room.event(shard::LocalAnswer{who("alice").transports.primary, 1, "answer", {{"3", "TR_x"}}});

  EXPECT_THAT(alice.kinds(),
              ElementsAre(Kind::kJoin, Kind::kRefreshToken, Kind::kTrackPublished, Kind::kAnswer));
  EXPECT_EQ(alice.last(Kind::kAnswer).answer().id(), 1u);
  EXPECT_EQ(alice.last(Kind::kAnswer).answer().type(), "answer");
  EXPECT_EQ(alice.last(Kind::kAnswer).answer().mid_to_track_id().at("3"), "TR_x");
}

TEST_F(SignalSessionTest, sections_are_asked_for_once_media_flows) {
  Socket& alice = connect("alice");
  room.event(shard::SectionsNeeded{who("alice").transports.primary, 2, 1});
  EXPECT_EQ(alice.count(Kind::kMediaSectionsRequirement), 0u);

  make_active("alice");
  ASSERT_EQ(alice.count(Kind::kMediaSectionsRequirement), 1u);
  const auto& needed = alice.last(Kind::kMediaSectionsRequirement).media_sections_requirement();
  EXPECT_EQ(needed.num_audios(), 2u);
  EXPECT_EQ(needed.num_videos(), 1u);
}

TEST_F(SignalSessionTest, a_dual_connection_join_gets_the_offer_and_gives_the_answer) {
  Socket& alice = connect(token("alice"), parameters(false, 16));
  EXPECT_TRUE(alice.received[0].join().subscriber_primary());
  room.event(shard::LocalOffer{who("alice").transports.subscriber, 42, "offer", {}});
  ASSERT_EQ(alice.last(Kind::kOffer).offer().id(), 42u);
  pb::SignalRequest answer;
  answer.mutable_answer()->set_type("answer");
  answer.mutable_answer()->set_sdp("v=0");
  answer.mutable_answer()->set_id(42);
  say(alice, answer);

  ASSERT_THAT(room.commands<shard::RemoteAnswer>(), SizeIs(1));
  EXPECT_EQ(room.commands<shard::RemoteAnswer>()[0].peer, who("alice").transports.subscriber);
  EXPECT_EQ(room.commands<shard::RemoteAnswer>()[0].id, 42u);
}

TEST_F(SignalSessionTest, a_revoked_token_opens_no_second_connection_either) {
  AccessToken old = token("alice");
  old.not_before = 5;
  JoinParameters second = parameters(false);
  second.publish_only = "screen";
  Socket& screen = connect(old, second);
  second.reconnect = true;
  second.participant_sid = who("alice#screen").sid;
  room.control.moderation().revoke_tokens(old.api_key, "room", "alice", 100);
  Socket& back = connect(old, second);
  second.reconnect = false;
  SignalSession refused(context, old, second);

  EXPECT_FALSE(screen.closed);
  EXPECT_EQ(back.kinds(), std::vector{Kind::kLeave});
  EXPECT_EQ(refused.start(room.now).error().status, 401);
}

TEST_F(SignalSessionTest, pings_of_both_forms_are_answered_at_once) {
  Socket& alice = connect("alice");
  pb::SignalRequest ping;
  ping.set_ping(1);
  say(alice, ping);
  ping.mutable_ping_req()->set_timestamp(77);
  say(alice, ping);

  EXPECT_EQ(alice.last(Kind::kPong).pong(), 50'000'000);
  EXPECT_EQ(alice.last(Kind::kPongResp).pong_resp().last_ping_timestamp(), 77);
  EXPECT_EQ(alice.last(Kind::kPongResp).pong_resp().timestamp(), 50'000'000);
}

TEST_F(SignalSessionTest, a_client_is_answered_in_the_kind_it_last_used) {
  Socket& alice = connect("alice");
  alice.session->on_message(R"({"ping":"5"})", true, room.now);
  EXPECT_TRUE(alice.texts.back());
  pb::SignalRequest ping;
  ping.set_ping(1);
  say(alice, ping);

  EXPECT_FALSE(alice.texts.back());
  EXPECT_FALSE(alice.texts.front());
}

TEST_F(SignalSessionTest, garbage_and_unknown_messages_are_ignored) {
  Socket& alice = connect("alice");
  const std::size_t before = alice.received.size();
  alice.session->on_message("\xff\xff\xff", false, room.now);
  alice.session->on_message("{not json", true, room.now);
  alice.session->on_message("", false, room.now);
  pb::SignalRequest trickle;
  trickle.mutable_trickle()->set_candidateinit("{}");
  say(alice, trickle);

  EXPECT_EQ(alice.received.size(), before);
  EXPECT_FALSE(alice.closed);
}

TEST_F(SignalSessionTest, a_refused_track_is_echoed_to_clients_that_understand) {
  AccessToken t = token("alice");
  t.grants.can_publish = false;
  Socket& alice = connect(t, parameters());
  say(alice, add_microphone());
  const pb::RequestResponse& refused = alice.last(Kind::kRequestResponse).request_response();

  EXPECT_EQ(refused.reason(), pb::RequestResponse::NOT_ALLOWED);
  EXPECT_EQ(refused.add_track().cid(), "mic");
  EXPECT_FALSE(alice.received[0].join().fast_publish());
  t.identity = "old";
  Socket& old = connect(t, parameters(true, 9));
  say(old, add_microphone());
  EXPECT_EQ(old.count(Kind::kRequestResponse), 0u);
}

TEST_F(SignalSessionTest, a_metadata_change_is_confirmed_only_to_newer_clients) {
  AccessToken t = token("alice");
  t.grants.can_update_own_metadata = true;
  pb::SignalRequest change;
  change.mutable_update_metadata()->set_name("Alice");
  change.mutable_update_metadata()->set_request_id(9);
  Socket& young = connect(t, parameters(true, 17));
  say(young, change);
  const auto& response = young.last(Kind::kRequestResponse).request_response();
  EXPECT_EQ(response.request_id(), 9u);
  EXPECT_EQ(response.reason(), pb::RequestResponse::OK);
  EXPECT_EQ(young.last(Kind::kUpdate).update().participants(0).name(), "Alice");
  t.identity = "android";
  Socket& android = connect(t, parameters(true, 13));
  say(android, change);

  EXPECT_EQ(android.count(Kind::kRequestResponse), 0u);
  EXPECT_EQ(android.last(Kind::kUpdate).update().participants(0).name(), "Alice");
}

TEST_F(SignalSessionTest, the_refresh_token_carries_the_rights_as_they_are_now) {
  Socket& alice = connect("alice");
  control::Permissions p;
  p.can_publish = false;
  ASSERT_TRUE(room.control.moderation()
                  .update_participant("room", "alice", {"", "Alice", {}}, p, room.now)
                  .ok());
  const auto token =
      read_token(alice.last(Kind::kRefreshToken).refresh_token(), context.keys, 50'000);

  ASSERT_TRUE(token.ok());
  EXPECT_EQ(token->identity, "alice");
  EXPECT_EQ(token->name, "Alice");
  EXPECT_EQ(token->grants.room, "room");
  EXPECT_TRUE(token->grants.room_join);
  EXPECT_FALSE(token->grants.may_publish());
}

TEST_F(SignalSessionTest, large_updates_are_split) {
  for (int i = 0; i < 4; ++i) {
    AccessToken t = token("p" + std::to_string(i));
    t.metadata = std::string(60'000, 'x');
    connect(t, parameters());
  }
  Socket& watcher = connect("watcher");
  make_active("watcher");
  watcher.session->on_closed(room.now);
  JoinParameters p = parameters();
  p.reconnect = true;
  Socket& again = connect(token("watcher"), p);

  EXPECT_EQ(again.count(Kind::kUpdate), 2u);
  for (const auto& r : again.received)
    if (r.has_update()) {
      EXPECT_LE(r.ByteSizeLong(), 130u * 1024);
    }
}

TEST_F(SignalSessionTest, subscribed_qualities_name_codecs_in_lower_case_and_list_all_three) {
  control::SubscribedQualities event{"TR_x", {{codec::Codec::vp8, control::VideoQuality::medium}}};
  const auto messages = event_messages(event);
  ASSERT_THAT(messages, SizeIs(1));
  const auto& update = messages[0].subscribed_quality_update();

  EXPECT_EQ(update.subscribed_codecs(0).codec(), "vp8");
  ASSERT_EQ(update.subscribed_codecs(0).qualities_size(), 3);
  EXPECT_TRUE(update.subscribed_codecs(0).qualities(1).enabled());
  EXPECT_FALSE(update.subscribed_codecs(0).qualities(2).enabled());
  EXPECT_EQ(update.subscribed_qualities_size(), 3);
}

/// Every request that a grant guards, from a participant without that grant.
TEST_F(SignalSessionTest, grants_are_enforced_on_every_request) {
  AccessToken none = token("none");
  none.grants.can_publish = none.grants.can_subscribe = none.grants.can_publish_data = false;
  Socket& s = connect(none, parameters());
  make_active("none");
  Socket& other = connect("other");
  make_active("other");
  say(other, add_microphone());
  bind_last_track("other");
  const std::string foreign = who("other").tracks[0]->sid();
  room.posted.clear();
  const std::uint32_t version = who("none").version;

  std::vector<pb::SignalRequest> requests(9);
  requests[0] = add_microphone();
  requests[1].mutable_mute()->set_sid(foreign);
  requests[1].mutable_mute()->set_muted(true);
  requests[2].mutable_subscription()->add_track_sids(foreign);
  requests[2].mutable_subscription()->set_subscribe(true);
  requests[3].mutable_update_metadata()->set_metadata("mine");
  requests[4].mutable_update_audio_track()->set_track_sid(foreign);
  requests[5].mutable_update_video_track()->set_track_sid(foreign);
  requests[6].mutable_publish_data_track_request()->set_pub_handle(1);
  requests[7].mutable_track_setting()->add_track_sids(foreign);
  requests[8].mutable_subscription_permission()->set_all_participants(false);
  for (const auto& request : requests) say(s, request);
  room.event(shard::DataReceived{who("none").transports.publisher, shard::DataChannel::reliable,
                                 std::vector<std::byte>(3)});

  EXPECT_THAT(room.posted, IsEmpty());
  EXPECT_EQ(who("none").version, version);
  EXPECT_FALSE(who("other").tracks[0]->description.muted);
  EXPECT_EQ(s.count(Kind::kRequestResponse), 6u);
}

}  // namespace
}  // namespace plenum::livekit_api::testing
