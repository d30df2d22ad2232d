#include "control/focus.h"

#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

/// Whom the room was last told to look at, and how often it was told.
class FocusTest : public ::testing::Test {
 protected:
  FocusTest() {
    t.control.on_domain_event([this](const DomainEvent& e) {
      if (const auto* focus = std::get_if<FocusChanged>(&e.what)) {
        told = *focus;
        ++changes;
      }
    });
  }
  void speak(const Client& c, const std::string& sid, float level) {
    t.event(shard::Speakers{{{t.track_id(c, sid), level, level > 0}}});
    t.advance(1ms);
  }
  std::string share(Client& c, const std::string& cid) {
    AddTrack screen = video_track(cid);
    screen.source = TrackSource::screen_share;
    const std::string sid = t.publish(c, screen);
    t.advance(1ms);
    return sid;
  }

  TestRoom t;
  FocusChanged told;
  int changes = 0;
};

TEST_F(FocusTest, is_on_the_first_who_sends_while_nobody_speaks) {
  JoinRequest listener = TestRoom::request("listener");
  listener.permissions.can_publish = false;
  t.active(listener);
  t.advance(1ms);
  EXPECT_EQ(told, FocusChanged({"", "", ""}));
  Client& alice = t.active("alice");
  t.active("bob");
  t.advance(1ms);
  EXPECT_EQ(told, FocusChanged({"", "", "alice"}));
  t.control.leave(alice.id(), t.now);
  t.advance(1ms);

  EXPECT_EQ(told, FocusChanged({"", "", "bob"}));
  EXPECT_EQ(changes, 2);
}

TEST_F(FocusTest, goes_to_who_speaks_and_stays_until_another_leads_for_a_window) {
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string a = t.publish_audio(alice), b = t.publish_audio(bob);
  speak(bob, b, 0.5f);
  EXPECT_EQ(told, FocusChanged({"bob", "", "bob"}));
  speak(alice, a, 0.75f);
  t.advance(300ms);
  EXPECT_EQ(told.speaker, "bob");
  speak(alice, a, 0.25f);
  t.advance(300ms);
  speak(alice, a, 0.75f);
  t.advance(300ms);
  EXPECT_EQ(told.speaker, "bob");
  t.advance(200ms);

  EXPECT_EQ(told, FocusChanged({"alice", "", "alice"}));
}

TEST_F(FocusTest, stays_on_the_speaker_when_another_is_as_loud) {
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  speak(bob, t.publish_audio(bob), 0.5f);
  speak(alice, t.publish_audio(alice), 0.5f);
  t.advance(2s);

  EXPECT_EQ(told.speaker, "bob");
}

TEST_F(FocusTest, stays_on_who_spoke_last_and_is_there) {
  t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  const std::string b = t.publish_audio(bob), c = t.publish_audio(carol);
  speak(bob, b, 0.5f);
  speak(bob, b, 0);
  EXPECT_EQ(told, FocusChanged({"", "", "bob"}));
  speak(carol, c, 0.5f);
  EXPECT_EQ(told.main, "carol");
  t.control.leave(carol.id(), t.now);
  t.advance(1ms);
  EXPECT_EQ(told, FocusChanged({"", "", "bob"}));
  t.control.leave(bob.id(), t.now);
  t.advance(1ms);

  EXPECT_EQ(told.main, "alice");
}

TEST_F(FocusTest, is_on_who_began_to_share_last_while_others_speak) {
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string first = share(alice, "s1");
  const std::string second = share(bob, "s2");
  EXPECT_EQ(told, FocusChanged({"", "bob", "bob"}));
  speak(alice, t.publish_audio(alice), 0.5f);
  EXPECT_EQ(told, FocusChanged({"alice", "bob", "bob"}));
  t.unbind(bob, second);
  t.advance(1ms);
  EXPECT_EQ(told, FocusChanged({"alice", "alice", "alice"}));
  ASSERT_TRUE(t.control.set_muted(alice.id(), first, true, t.now).ok());
  t.advance(1ms);

  EXPECT_EQ(told, FocusChanged({"alice", "", "alice"}));
}

TEST_F(FocusTest, is_never_on_a_recorder_the_hidden_or_the_muted) {
  JoinRequest recorder = TestRoom::request("recorder");
  recorder.permissions.recorder = recorder.permissions.hidden = true;
  Client& r = t.active(recorder);
  speak(r, t.publish_audio(r), 1);
  EXPECT_EQ(told, FocusChanged({"", "", ""}));
  Client& alice = t.active("alice");
  const std::string a = t.publish_audio(alice);
  speak(alice, a, 1);
  ASSERT_TRUE(t.control.set_muted(alice.id(), a, true, t.now).ok());
  t.advance(1ms);

  EXPECT_EQ(told, FocusChanged({"", "", "alice"}));
}

}  // namespace
}  // namespace plenum::control::testing
