#include "control/speakers.h"

#include "control/quality.h"
#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::SizeIs;

TEST(Speakers, are_told_to_themselves_and_to_their_subscribers_only) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  JoinRequest r = TestRoom::request("deaf");
  r.auto_subscribe = false;
  Client& deaf = t.active(r);
  const std::string sid = t.publish_audio(alice);
  t.event(shard::Speakers{{{t.track_id(alice, sid), 0.5f, true}}});

  ASSERT_THAT(alice.last<SpeakersChanged>().speakers, SizeIs(1));
  EXPECT_EQ(alice.last<SpeakersChanged>().speakers[0].participant_sid, alice.sid());
  EXPECT_TRUE(bob.last<SpeakersChanged>().speakers[0].active);
  EXPECT_EQ(deaf.count<SpeakersChanged>(), 0u);
}

TEST(Speakers, of_one_message_are_sorted_by_level) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  const std::string a = t.publish_audio(alice);
  const std::string b = t.publish_audio(bob);
  t.event(
      shard::Speakers{{{t.track_id(alice, a), 0.25f, true}, {t.track_id(bob, b), 0.75f, true}}});

  ASSERT_THAT(carol.last<SpeakersChanged>().speakers, SizeIs(2));
  EXPECT_EQ(carol.last<SpeakersChanged>().speakers[0].participant_sid, bob.sid());
}

TEST(Speakers, who_speak_are_told_on_subscribing_and_end_on_unsubscribing) {
  TestRoom t;
  Client& alice = t.active("alice");
  const std::string sid = t.publish_audio(alice);
  t.event(shard::Speakers{{{t.track_id(alice, sid), 0.5f, true}}});
  Client& bob = t.active("bob");
  ASSERT_EQ(bob.count<SpeakersChanged>(), 1u);
  EXPECT_TRUE(bob.last<SpeakersChanged>().speakers[0].active);
  t.control.set_subscription(bob.id(), {sid}, false, t.now);

  EXPECT_FALSE(bob.last<SpeakersChanged>().speakers[0].active);
}

TEST(Speakers, whose_track_ends_are_told_to_be_silent) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  t.event(shard::Speakers{{{t.track_id(alice, sid), 0.5f, true}}});
  t.unbind(alice, sid);

  EXPECT_FALSE(bob.last<SpeakersChanged>().speakers[0].active);
}

TEST(Quality, is_told_first_and_when_it_changes_to_self_and_subscribers) {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  t.publish_audio(alice);
  shard::Quality good{{{t.primary(alice), 20ms, {}}}};
  t.event(good);
  t.event(good);
  EXPECT_EQ(alice.count<QualityChanged>(), 1u);
  EXPECT_EQ(bob.last<QualityChanged>().entries[0].quality, ConnectionQuality::excellent);
  shard::Quality bad{{{t.primary(alice), 20ms, {}, {}, {.loss = 0.05f}}}};
  t.event(bad);

  EXPECT_EQ(bob.last<QualityChanged>().entries[0].participant_sid, alice.sid());
  EXPECT_EQ(bob.last<QualityChanged>().entries[0].quality, ConnectionQuality::good);
}

TEST(Quality, is_never_lost) {
  for (float score = 0; score <= 100; score += 1)
    EXPECT_NE(quality_of(score), ConnectionQuality::lost);
}

TEST(Quality, score_falls_with_loss_and_delay) {
  const auto score = [](float loss, Duration rtt) {
    return stream_score(codec::Codec::vp8, false, loss, 5ms, rtt);
  };

  EXPECT_GT(score(0, 20ms), 95);
  EXPECT_LT(score(0.03f, 20ms), 80);
  EXPECT_LT(score(0, 2s), 40);
  EXPECT_EQ(score(1, 10s), 0);
  EXPECT_GE(mos_of(0), 1);
  EXPECT_LE(mos_of(100), 4.5f);
}

/// Alice with two audio tracks that both speak; the first is the louder one.
struct TwoTracks {
  TestRoom t;
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  std::string loud = t.publish_audio(alice, "mic");
  std::string quiet = t.publish_audio(alice, "music");
  void level(const std::string& sid, float level) {
    t.event(shard::Speakers{{{t.track_id(alice, sid), level, level > 0}}});
  }
  TwoTracks() {
    t.event(shard::Speakers{
        {{t.track_id(alice, loud), 0.75f, true}, {t.track_id(alice, quiet), 0.25f, true}}});
  }
};

TEST(Speakers, with_two_tracks_are_as_loud_as_the_louder_one) {
  TwoTracks s;

  for (const Client* c : {&s.alice, &s.bob}) {
    ASSERT_THAT(c->last<SpeakersChanged>().speakers, SizeIs(1));
    EXPECT_EQ(c->last<SpeakersChanged>().speakers[0].level, 0.75f);
  }
  s.level(s.quiet, 0);
  EXPECT_TRUE(s.bob.last<SpeakersChanged>().speakers[0].active);
  EXPECT_EQ(s.bob.last<SpeakersChanged>().speakers[0].level, 0.75f);
  s.level(s.loud, 0);
  EXPECT_FALSE(s.bob.last<SpeakersChanged>().speakers[0].active);
}

TEST(Speakers, are_heard_only_by_the_tracks_one_gets) {
  TwoTracks s;
  s.t.control.set_subscription(s.bob.id(), {s.loud}, false, s.t.now);
  EXPECT_TRUE(s.bob.last<SpeakersChanged>().speakers[0].active);
  EXPECT_EQ(s.bob.last<SpeakersChanged>().speakers[0].level, 0.25f);
  s.level(s.quiet, 0.5f);

  EXPECT_EQ(s.bob.last<SpeakersChanged>().speakers[0].level, 0.5f);
  EXPECT_EQ(s.alice.last<SpeakersChanged>().speakers[0].level, 0.75f);
  s.t.control.set_subscription(s.bob.id(), {s.loud}, true, s.t.now);
  EXPECT_EQ(s.bob.last<SpeakersChanged>().speakers[0].level, 0.75f);
}

TEST(Speakers, stay_lit_when_one_of_two_speaking_tracks_ends) {
  TwoTracks s;
  s.t.unbind(s.alice, s.loud);

  for (const Client* c : {&s.alice, &s.bob}) {
    EXPECT_TRUE(c->last<SpeakersChanged>().speakers[0].active);
    EXPECT_EQ(c->last<SpeakersChanged>().speakers[0].level, 0.25f);
  }
}

TEST(Speakers, with_two_tracks_are_told_once_after_a_resume) {
  TwoTracks s;
  s.bob.events.clear();
  ASSERT_TRUE(s.t.resume(s.bob).ok());

  ASSERT_THAT(s.bob.last<SpeakersChanged>().speakers, SizeIs(1));
  EXPECT_EQ(s.bob.last<SpeakersChanged>().speakers[0].level, 0.75f);
}

}  // namespace
}  // namespace plenum::control::testing
