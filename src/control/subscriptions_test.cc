#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(AutoSubscribe, takes_every_track_as_soon_as_it_is_published) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);

  ASSERT_THAT(t.commands<shard::Subscribe>(), SizeIs(1));
  EXPECT_EQ(t.commands<shard::Subscribe>()[0].peer, t.primary(bob));
  EXPECT_EQ(t.commands<shard::Subscribe>()[0].track, t.track_id(alice, sid));
}

TEST(AutoSubscribe, takes_what_is_there_before_media_flows) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.publish_audio(alice);
  t.publish_video(alice);
  Client& bob = t.join("bob");
  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(2));
  t.connect(bob);

  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(2));
}

TEST(AutoSubscribe, asks_for_sections_only_when_media_flows) {
  TestRoom t;
  Client& bob = t.join("bob");
  t.event(shard::SectionsNeeded{t.primary(bob), 2, 0});
  t.event(shard::SectionsNeeded{t.primary(bob), 1, 1});
  EXPECT_EQ(bob.count<SectionsRequired>(), 0u);
  t.connect(bob);

  EXPECT_EQ(bob.count<SectionsRequired>(), 1u);
  EXPECT_EQ(bob.last<SectionsRequired>().audio, 3u);
  EXPECT_EQ(bob.last<SectionsRequired>().video, 1u);
}

TEST(AutoSubscribe, off_waits_for_a_request) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest r = TestRoom::request("bob");
  r.auto_subscribe = false;
  Client& bob = t.active(r);
  const std::string sid = t.publish_audio(alice);
  EXPECT_THAT(t.commands<shard::Subscribe>(), IsEmpty());
  t.control.set_subscription(bob.id(), {sid}, true, t.now);
  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(1));
  t.control.set_subscription(bob.id(), {sid}, false, t.now);

  EXPECT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(1));
}

TEST(Subscribe, comes_after_the_update_that_tells_of_the_track) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.posted.clear();
  std::size_t told_before = 0;
  // The command is recorded when it is posted: at that moment bob must have heard of the track.
  t.publish_audio(alice);
  for (const SnapshotPtr& s : bob.heard_of("alice")) told_before += s->tracks.size();

  EXPECT_EQ(told_before, 1u);
  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(1));
}

TEST(Subscribe, is_never_done_without_the_right) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest r = TestRoom::request("bob");
  r.permissions.can_subscribe = false;
  Client& bob = t.active(r);
  const std::string sid = t.publish_audio(alice);
  t.control.set_subscription(bob.id(), {sid}, true, t.now);

  EXPECT_THAT(t.commands<shard::Subscribe>(), IsEmpty());
}

TEST(Subscribe, to_a_hidden_publisher_is_not_possible) {
  TestRoom t;
  JoinRequest r = TestRoom::request("spy");
  r.permissions.hidden = true;
  Client& spy = t.active(r);
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(spy);
  t.control.set_subscription(bob.id(), {sid}, true, t.now);

  EXPECT_THAT(t.commands<shard::Subscribe>(), IsEmpty());
}

TEST(Subscribe, to_an_unknown_track_is_done_when_it_appears) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest r = TestRoom::request("bob");
  r.auto_subscribe = false;
  Client& bob = t.active(r);
  ASSERT_TRUE(t.control.add_track(alice.id(), audio_track("mic")).ok());
  const std::string sid = alice.last<TrackPublished>().track.sid;
  t.control.set_subscription(bob.id(), {sid}, true, t.now);
  t.advance(30s);
  t.bind(alice, sid);
  t.advance(60s);

  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(1));
  EXPECT_EQ(bob.count<SubscriptionFailed>(), 0u);
}

TEST(Subscribe, to_a_track_that_does_not_appear_in_a_minute_fails) {
  TestRoom t;
  Client& bob = t.active("bob");
  t.control.set_subscription(bob.id(), {"TR_nothing"}, true, t.now);
  t.advance(59s);
  EXPECT_EQ(bob.count<SubscriptionFailed>(), 0u);
  t.advance(2s);

  EXPECT_EQ(bob.last<SubscriptionFailed>().track_sid, "TR_nothing");
  EXPECT_EQ(bob.last<SubscriptionFailed>().error, SubscriptionError::track_not_found);
}

TEST(Subscribe, to_unknown_tracks_is_bounded) {
  TestRoom t;
  Client& bob = t.active("bob");
  for (int i = 0; i < 3000; ++i)
    t.control.set_subscription(bob.id(), {"TR_" + std::to_string(i)}, true, t.now);

  EXPECT_EQ(t.find(bob)->wishes.size(), kMaxWishes);
}

TEST(Subscribe, to_a_sid_that_is_too_long_is_not_remembered) {
  TestRoom t;
  Client& bob = t.active("bob");
  const std::string sid(65, 'x');
  t.control.set_subscription(bob.id(), {sid}, true, t.now);
  t.control.set_track_settings(bob.id(), {sid}, {}, t.now);
  SyncState state;
  state.track_sids = state.disabled_track_sids = {sid};
  t.control.sync(bob.id(), state, t.now);
  EXPECT_THAT(t.find(bob)->wishes, IsEmpty());
  t.control.set_subscription(bob.id(), {std::string(64, 'x')}, true, t.now);

  EXPECT_THAT(t.find(bob)->wishes, SizeIs(1));
}

TEST(TrackSubscribed, is_told_once_at_the_first_visible_subscriber) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest r = TestRoom::request("spy");
  r.permissions.hidden = true;
  t.active(r);
  const std::string sid = t.publish_audio(alice);
  EXPECT_EQ(alice.count<TrackSubscribed>(), 0u);
  t.active("bob");
  t.active("carol");

  EXPECT_EQ(alice.count<TrackSubscribed>(), 1u);
  EXPECT_EQ(alice.last<TrackSubscribed>().track_sid, sid);
}

TEST(Permission, taken_by_the_publisher_unsubscribes_and_tells_and_given_back_resumes) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  t.control.set_subscription_permission(alice.id(), {false, {}}, t.now);

  EXPECT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(1));
  EXPECT_FALSE(bob.last<SubscriptionPermissionChanged>().allowed);
  EXPECT_EQ(bob.last<SubscriptionPermissionChanged>().participant_sid, alice.sid());
  t.control.set_subscription_permission(alice.id(), {false, {{"", "bob", false, {sid}}}}, t.now);
  EXPECT_TRUE(bob.last<SubscriptionPermissionChanged>().allowed);
  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(2));
  EXPECT_EQ(bob.count<SubscriptionPermissionChanged>(), 2u);
}

TEST(Permission, is_kept_within_limits) {
  TestRoom t;
  Client& alice = t.active("alice");
  SubscriptionPermission permission{false, {}};
  permission.entries.push_back({"", std::string(257, 'x'), true, {}});
  permission.entries.push_back({std::string(257, 'x'), "", true, {}});
  permission.entries.push_back({"", "bob", false, {std::string(257, 'x'), "TR_1"}});
  for (int i = 0; i < 2000; ++i)
    permission.entries.push_back({"", "p" + std::to_string(i), false, {20, "TR_1"}});
  t.control.set_subscription_permission(alice.id(), permission, t.now);
  const auto& kept = t.find(alice)->subscription_permission.entries;

  ASSERT_THAT(kept, SizeIs(1000));
  EXPECT_THAT(kept[0].track_sids, ElementsAre("TR_1"));
  std::size_t tracks = 0;
  for (const auto& entry : kept) tracks += entry.track_sids.size();
  EXPECT_EQ(tracks, 10'000u);
}

TEST(Permission, goes_by_identity_before_sid_and_exempts_recorders) {
  Participant publisher, subscriber;
  subscriber.sid = "PA_1";
  subscriber.identity = "bob";
  publisher.subscription_permission = {false, {{"PA_1", "carol", true, {}}}};

  EXPECT_FALSE(allows(publisher, subscriber, "TR_x"));
  publisher.subscription_permission.entries[0].identity.clear();
  EXPECT_TRUE(allows(publisher, subscriber, "TR_x"));
  publisher.subscription_permission.entries.clear();
  subscriber.permissions.recorder = true;
  EXPECT_TRUE(allows(publisher, subscriber, "TR_x"));
}

TEST(TrackSettings, choose_the_layer_and_survive_resubscription) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_video(alice);
  EXPECT_EQ(t.commands<shard::Subscribe>()[0].target.max_spatial, 2);
  TrackSettings medium;
  medium.quality = VideoQuality::medium;
  t.control.set_track_settings(bob.id(), {sid}, medium, t.now);
  ASSERT_THAT(t.commands<shard::SetLayerTarget>(), SizeIs(1));
  EXPECT_EQ(t.commands<shard::SetLayerTarget>()[0].target.max_spatial, 1);
  t.control.set_subscription(bob.id(), {sid}, false, t.now);
  t.control.set_subscription(bob.id(), {sid}, true, t.now);

  EXPECT_EQ(t.commands<shard::Subscribe>().back().target.max_spatial, 1);
}

TEST(TrackSettings, of_an_adaptive_client_start_low) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest r = TestRoom::request("bob");
  r.adaptive_stream = true;
  t.active(r);
  t.publish_video(alice);

  EXPECT_EQ(t.commands<shard::Subscribe>()[0].target.max_spatial, 0);
  EXPECT_TRUE(t.commands<shard::Subscribe>()[0].target.enabled);
}

TEST(TrackSettings, disabled_stops_audio_too) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  TrackSettings off;
  off.disabled = true;
  t.control.set_track_settings(bob.id(), {sid}, off, t.now);

  ASSERT_THAT(t.commands<shard::SetLayerTarget>(), SizeIs(1));
  EXPECT_FALSE(t.commands<shard::SetLayerTarget>()[0].target.enabled);
}

TEST(UnsupportedCodec, without_a_backup_fails_for_good) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_video(alice);
  t.event(shard::SubscriptionUnsupported{t.primary(bob), t.track_id(alice, sid)});
  EXPECT_EQ(bob.last<SubscriptionFailed>().error, SubscriptionError::codec_unsupported);
  ASSERT_TRUE(t.control.set_muted(alice.id(), sid, true, t.now).ok());
  t.advance(60s);

  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(1));
}

TEST(UnsupportedCodec, asks_the_publisher_for_the_backup_and_takes_it) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  AddTrack video = video_track("cam");
  video.codecs = {{"vp9", "cam", {}, LayerMode::unused}, {"vp8", "", {}, LayerMode::unused}};
  const std::string sid = t.publish(alice, video);
  t.event(shard::SubscriptionUnsupported{t.primary(bob), t.track_id(alice, sid)});
  const auto wanted = alice.last<SubscribedQualities>();
  ASSERT_THAT(wanted.codecs, SizeIs(2));
  EXPECT_EQ(wanted.codecs[1].codec, codec::Codec::vp8);
  EXPECT_EQ(wanted.codecs[1].max, VideoQuality::high);
  AddTrack backup = video_track("cam2");
  backup.sid = sid;
  ASSERT_TRUE(t.control.add_track(alice.id(), backup).ok());
  t.bind(alice, sid, 1);

  EXPECT_EQ(t.commands<shard::Subscribe>().back().track, t.track_id(alice, sid, 1));
  EXPECT_EQ(bob.count<SubscriptionFailed>(), 0u);
}

TEST(Relays, are_one_per_track_and_shard_and_end_with_the_last_subscriber) {
  TestRoom t({.placement = Placement::Policy::spread}, 2);
  Client& alice = t.active("alice");  // shard 0
  Client& bob = t.active("bob");      // shard 1
  t.active("carol");                  // shard 0
  Client& dave = t.active("dave");    // shard 1
  t.publish_audio(alice);

  ASSERT_THAT(t.commands<shard::AddReplica>(), SizeIs(1));
  EXPECT_THAT(t.destinations<shard::AddReplica>(), ElementsAre(ShardId(1)));
  EXPECT_THAT(t.destinations<shard::AddRelay>(), ElementsAre(ShardId(0)));
  EXPECT_EQ(t.commands<shard::AddReplica>()[0].home, ShardId(0));
  EXPECT_THAT(t.commands<shard::Subscribe>(), SizeIs(3));
  t.control.leave(bob.id(), t.now);
  EXPECT_THAT(t.commands<shard::RemoveReplica>(), IsEmpty());
  t.control.leave(dave.id(), t.now);
  EXPECT_THAT(t.destinations<shard::RemoveReplica>(), ElementsAre(ShardId(1)));
  EXPECT_THAT(t.destinations<shard::RemoveRelay>(), ElementsAre(ShardId(0)));
}

TEST(Relays, end_with_the_publisher) {
  TestRoom t({.placement = Placement::Policy::spread}, 2);
  Client& alice = t.active("alice");
  t.active("bob");
  t.publish_audio(alice);
  t.control.leave(alice.id(), t.now);

  EXPECT_THAT(t.commands<shard::RemoveReplica>(), SizeIs(1));
  EXPECT_THAT(t.commands<shard::RemoveRelay>(), SizeIs(1));
}

}  // namespace
}  // namespace plenum::control::testing
