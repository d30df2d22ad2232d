#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(AddTrack, is_answered_at_once_and_shown_to_others_only_when_bound) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  ASSERT_TRUE(t.control.add_track(alice.id(), audio_track("mic")).ok());
  const auto published = alice.last<TrackPublished>();

  EXPECT_EQ(published.cid, "mic");
  EXPECT_EQ(published.track.sid.substr(0, 3), "TR_");
  EXPECT_THAT(t.commands<shard::AddPendingTrack>(), SizeIs(1));
  t.advance(1s);
  for (const auto& s : bob.heard_of("alice")) EXPECT_THAT(s->tracks, IsEmpty());
  t.bind(alice, published.track.sid);
  ASSERT_THAT(bob.heard_of("alice").back()->tracks, SizeIs(1));
  EXPECT_EQ(bob.heard_of("alice").back()->tracks[0].mid, "m" + published.track.sid);
  EXPECT_TRUE(bob.heard_of("alice").back()->is_publisher);
}

TEST(AddTrack, names_a_stream_for_lip_sync_only_by_a_plain_token) {
  for (const auto& [name, is_taken] : {std::pair{"camera", true},
                                       {"", true},
                                       {"a b", false},
                                       {"a|b", false},
                                       {"x\r\na=ice-lite", false},
                                       {"TR_other", false}}) {
    TestRoom t;
    Client& alice = t.active("alice");
    AddTrack track = audio_track("mic");
    track.stream = name;
    t.publish(alice, track);
    const shard::TrackInfo info = t.commands<shard::AddPendingTrack>()[0].info;

    EXPECT_EQ(info.sync_stream_id, is_taken ? alice.sid() + "|camera" : "") << name;
  }
}

TEST(AddTrack, tells_the_shard_the_wire_names) {
  TestRoom t;
  Client& alice = t.active("alice");
  const std::string sid = t.publish_video(alice);
  const shard::TrackInfo info = t.commands<shard::AddPendingTrack>()[0].info;

  EXPECT_EQ(info.stream_id, alice.sid() + "|" + sid);
  EXPECT_EQ(info.track_sid, sid);
  EXPECT_EQ(info.sync_stream_id, alice.sid() + "|camera");
  EXPECT_EQ(info.cid, "cam");
  EXPECT_EQ(info.layers, 3);
  EXPECT_THAT(info.preferred_codecs, ElementsAre(codec::Codec::vp8));
}

TEST(AddTrack, without_the_right_is_not_allowed) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_publish = false;
  r.permissions.can_publish_sources = {TrackSource::microphone};
  Client& alice = t.active(r);

  EXPECT_EQ(t.control.add_track(alice.id(), audio_track("mic")).error(), Refusal::not_allowed);
  EXPECT_THAT(t.commands<shard::AddPendingTrack>(), IsEmpty());
}

TEST(AddTrack, of_a_source_outside_the_list_is_not_allowed) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_publish_sources = {TrackSource::microphone};
  Client& alice = t.active(r);

  EXPECT_TRUE(t.control.add_track(alice.id(), audio_track("mic")).ok());
  EXPECT_EQ(t.control.add_track(alice.id(), video_track("cam")).error(), Refusal::not_allowed);
}

TEST(AddTrack, of_a_restricted_source_must_be_of_the_kind_that_its_name_says) {
  TestRoom t;
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_publish_sources = {TrackSource::microphone, TrackSource::screen_share};
  Client& alice = t.active(r);
  AddTrack camera = video_track("cam");
  camera.source = TrackSource::microphone;
  AddTrack sound = audio_track("mic");
  sound.source = TrackSource::screen_share;

  EXPECT_EQ(t.control.add_track(alice.id(), camera).error(), Refusal::not_allowed);
  EXPECT_EQ(t.control.add_track(alice.id(), sound).error(), Refusal::not_allowed);
  camera.source = TrackSource::screen_share;
  EXPECT_TRUE(t.control.add_track(alice.id(), camera).ok());
}

TEST(AddTrack, of_any_kind_and_source_is_allowed_without_a_restriction) {
  TestRoom t;
  Client& alice = t.active("alice");
  AddTrack odd = video_track("cam");
  odd.source = TrackSource::microphone;

  EXPECT_TRUE(t.control.add_track(alice.id(), odd).ok());
}

TEST(AddTrack, with_names_that_are_too_long_is_invalid) {
  TestRoom t;
  Client& alice = t.active("alice");
  const std::string text(kMaxNameBytes + 1, 'x');
  std::vector<AddTrack> requests(4, video_track("cam"));
  requests[0].codecs[0].cid = text;
  requests[1].codecs[0].codec = text;
  requests[2].sid = text;
  requests[3].name = text;

  for (const AddTrack& request : requests)
    EXPECT_EQ(t.control.add_track(alice.id(), request).error(), Refusal::invalid_request);
  EXPECT_THAT(t.commands<shard::AddPendingTrack>(), IsEmpty());
}

TEST(AddTrack, with_more_than_twenty_pending_exceeds_the_limit) {
  TestRoom t;
  Client& alice = t.active("alice");
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(t.control.add_track(alice.id(), audio_track("mic" + std::to_string(i))).ok());

  EXPECT_EQ(t.control.add_track(alice.id(), audio_track("more")).error(), Refusal::limit_exceeded);
}

TEST(AddTrack, with_a_cid_in_use_is_queued_up_to_three_and_follows_the_end_of_the_former) {
  TestRoom t;
  Client& alice = t.active("alice");
  const std::string sid = t.publish_audio(alice);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(t.control.add_track(alice.id(), audio_track("mic")).error(), Refusal::queued);
  EXPECT_EQ(t.control.add_track(alice.id(), audio_track("mic")).error(), Refusal::limit_exceeded);
  EXPECT_EQ(alice.count<TrackPublished>(), 1u);
  t.unbind(alice, sid);

  EXPECT_EQ(alice.count<TrackPublished>(), 2u);
  EXPECT_NE(alice.last<TrackPublished>().track.sid, sid);
}

TEST(AddTrack, describes_layers_in_order_with_rids) {
  const TrackDescription d = describe(video_track("cam"), "TR_x");

  ASSERT_THAT(d.codecs, SizeIs(1));
  ASSERT_THAT(d.codecs[0].layers, SizeIs(3));
  EXPECT_EQ(d.codecs[0].layers[0].rid, "q");
  EXPECT_EQ(d.codecs[0].layers[2].rid, "f");
  EXPECT_EQ(d.codecs[0].layers[2].height, 720u);
  EXPECT_EQ(d.codecs[0].mode, LayerMode::one_per_stream);
  EXPECT_EQ(d.stream, "camera");
}

TEST(AddTrack, always_has_a_codec_and_replaces_unknown_ones) {
  AddTrack video = video_track("cam");
  video.codecs = {{"theora", "cam", {}, LayerMode::unused}};

  EXPECT_EQ(describe(video, "TR_x").codecs[0].codec, codec::Codec::vp8);
  EXPECT_EQ(describe(audio_track("mic"), "TR_x").codecs[0].codec, codec::Codec::opus);
}

TEST(AddTrack, of_vp9_means_layers_within_one_stream) {
  AddTrack video = video_track("cam");
  video.codecs = {{"vp9", "cam", {}, LayerMode::unused}, {"vp8", "", {}, LayerMode::unused}};
  const TrackDescription d = describe(video, "TR_x");

  ASSERT_THAT(d.codecs, SizeIs(2));
  EXPECT_EQ(d.codecs[0].mode, LayerMode::multiple_per_stream);
  EXPECT_EQ(d.codecs[1].codec, codec::Codec::vp8);
  EXPECT_EQ(d.codecs[1].mode, LayerMode::one_per_stream);
  EXPECT_EQ(d.codecs[1].cid, "");
}

TEST(AddTrack, keeps_old_and_new_audio_features_alike) {
  AddTrack old = audio_track("a");
  old.stereo = true;
  old.disable_dtx = true;
  AddTrack young = audio_track("b");
  young.audio_features = {0, 1};

  EXPECT_THAT(describe(old, "TR_x").audio_features, ElementsAre(0, 1));
  EXPECT_TRUE(describe(young, "TR_x").stereo);
  EXPECT_TRUE(describe(young, "TR_x").disable_dtx);
}

TEST(AddTrack, of_an_encrypted_track_forbids_red) {
  TestRoom t;
  Client& alice = t.active("alice");
  AddTrack request = audio_track("mic");
  request.encryption = Encryption::gcm;
  ASSERT_TRUE(t.control.add_track(alice.id(), request).ok());
  const shard::TrackInfo info = t.commands<shard::AddPendingTrack>()[0].info;

  EXPECT_TRUE(info.encrypted);
  EXPECT_TRUE(info.red_disabled);
  EXPECT_TRUE(info.is_voice);
  EXPECT_EQ(alice.last<TrackPublished>().track.encryption, Encryption::gcm);
}

TEST(AddTrack, with_a_sid_adds_the_declared_backup_codec) {
  TestRoom t;
  Client& alice = t.active("alice");
  AddTrack video = video_track("cam");
  video.codecs = {{"vp9", "cam", {}, LayerMode::unused}, {"vp8", "", {}, LayerMode::unused}};
  const std::string sid = t.publish(alice, video);
  AddTrack backup = video_track("cam2");
  backup.sid = sid;
  ASSERT_TRUE(t.control.add_track(alice.id(), backup).ok());

  EXPECT_EQ(alice.last<TrackPublished>().cid, "cam2");
  EXPECT_EQ(alice.last<TrackPublished>().track.sid, sid);
  EXPECT_EQ(t.find(alice)->tracks.size(), 1u);
  EXPECT_NE(t.track_id(alice, sid, 0), t.track_id(alice, sid, 1));
  backup.sid = "TR_unknown";
  EXPECT_EQ(t.control.add_track(alice.id(), backup).error(), Refusal::not_found);
}

TEST(AddTrack, of_a_backup_codec_while_the_track_is_muted_begins_muted) {
  TestRoom t;
  Client& alice = t.active("alice");
  AddTrack video = video_track("cam");
  video.codecs = {{"vp9", "cam", {}, LayerMode::unused}, {"vp8", "", {}, LayerMode::unused}};
  const std::string sid = t.publish(alice, video);
  ASSERT_TRUE(t.control.set_muted(alice.id(), sid, true, t.now).ok());
  AddTrack backup = video_track("cam2");
  backup.sid = sid;
  ASSERT_TRUE(t.control.add_track(alice.id(), backup).ok());
  t.posted.clear();
  t.bind(alice, sid, 1);

  const auto muted = t.commands<shard::SetTrackMuted>();
  const bool backup_is = std::any_of(muted.begin(), muted.end(), [&](const auto& m) {
    return m.track == t.track_id(alice, sid, 1) && m.muted;
  });
  EXPECT_TRUE(backup_is);
}

TEST(Unpublish, by_the_shard_takes_the_track_out_of_the_next_update) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  t.unbind(alice, sid);

  EXPECT_THAT(bob.heard_of("alice").back()->tracks, IsEmpty());
  EXPECT_FALSE(bob.heard_of("alice").back()->is_publisher);
  EXPECT_THAT(t.commands<shard::Unsubscribe>(), SizeIs(1));
}

TEST(Mute, is_told_to_all_and_stops_forwarding) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  ASSERT_TRUE(t.control.set_muted(alice.id(), sid, true, t.now).ok());

  EXPECT_TRUE(bob.heard_of("alice").back()->tracks[0].muted);
  ASSERT_THAT(t.commands<shard::SetTrackMuted>(), SizeIs(1));
  EXPECT_TRUE(t.commands<shard::SetTrackMuted>()[0].muted);
  EXPECT_EQ(t.control.set_muted(bob.id(), sid, true, t.now).error(), Refusal::not_found);
}

TEST(Mute, at_publish_is_known_to_the_shard_and_to_others) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  AddTrack request = audio_track("mic");
  request.muted = true;
  t.publish(alice, request);

  EXPECT_TRUE(bob.heard_of("alice").back()->tracks[0].muted);
  EXPECT_THAT(t.commands<shard::SetTrackMuted>(), SizeIs(1));
}

TEST(BoundByAStranger, changes_nothing) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  ASSERT_TRUE(t.control.add_track(alice.id(), audio_track("mic")).ok());
  shard::TrackBound bound;
  bound.peer = t.publisher(bob);
  bound.track = t.commands<shard::AddPendingTrack>()[0].info.track;
  t.event(bound);

  EXPECT_FALSE(t.find(alice)->tracks[0]->published);
}

TEST(Publish, a_client_that_sends_in_another_codec_is_subscribed_anew_in_that) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_video(alice);
  ASSERT_EQ(t.commands<shard::Subscribe>().size(), 1u);
  shard::TrackBound again;
  again.peer = t.publisher(alice);
  again.track = t.track_id(alice, sid);
  again.mid = "m" + sid;
  again.codec = codec::Codec::vp9;
  t.event(again);

  EXPECT_EQ(t.commands<shard::Unsubscribe>().size(), 1u);
  EXPECT_EQ(t.commands<shard::Subscribe>().size(), 2u);
  const TrackCodec told = bob.heard_of("alice").back()->tracks.at(0).codecs.at(0);
  EXPECT_EQ(told.codec, codec::Codec::vp9);
  EXPECT_EQ(told.mode, LayerMode::multiple_per_stream);
}

}  // namespace
}  // namespace plenum::control::testing
