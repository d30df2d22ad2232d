#include "control/meeting.h"

#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

JoinRequest with_rights(const std::string& identity, Rights rights) {
  JoinRequest r = TestRoom::request(identity);
  r.rights = rights;
  return r;
}

JoinRequest asking(const std::string& identity) {
  JoinRequest r = TestRoom::request(identity);
  r.waiting = true;
  r.attributes[kModeAttribute] = "SEND_AND_RECV";
  return r;
}

class MeetingTest : public ::testing::Test {
 protected:
  MeetingTest() {
    t.control.on_domain_event([this](const DomainEvent& e) { told.push_back(e); });
  }
  Participant& caller(const Client& c) { return *t.control.caller(c.id()); }
  Meeting& meeting() { return t.control.meeting(); }
  template <class What>
  int count() const {
    int n = 0;
    for (const DomainEvent& e : told) n += std::holds_alternative<What>(e.what);
    return n;
  }
  bool is_subscribed(const Client& c) const {
    for (const auto& s : t.commands<shard::Subscribe>())
      if (s.peer == t.primary(c)) return true;
    return false;
  }

  TestRoom t;
  std::vector<DomainEvent> told;
};

TEST_F(MeetingTest, who_waits_sees_nobody_and_is_seen_by_nobody) {
  Client& alice = t.active("alice");
  t.publish_audio(alice);
  Client& eve = t.active(asking("eve"));
  Client& bob = t.active("bob");
  t.publish_video(bob);
  t.advance(5s);
  t.send(alice, "1::hello");
  t.send(alice, "2:eve:psst");
  t.send(eve, "1::let me in");

  EXPECT_THAT(eve.joined.others, IsEmpty());
  EXPECT_EQ(eve.joined.self->attributes.at(kLobbyAttribute), "waiting");
  EXPECT_THAT(eve.heard_of("alice"), IsEmpty());
  EXPECT_THAT(eve.heard_of("bob"), IsEmpty());
  EXPECT_THAT(alice.heard_of("eve"), IsEmpty());
  EXPECT_THAT(bob.joined.others, SizeIs(1));
  EXPECT_EQ(eve.count<RoomUpdated>(), 0u);
  EXPECT_THAT(t.sent_to(eve), IsEmpty());
  EXPECT_THAT(t.sent_to(alice), Not(Contains("1::let me in")));
  EXPECT_FALSE(is_subscribed(eve));
  EXPECT_FALSE(t.control.add_track(eve.id(), audio_track("mic")).ok());
  EXPECT_EQ(count<EntryRequested>(), 1);
  EXPECT_EQ(count<ParticipantJoined>(), 2);
}

TEST_F(MeetingTest, who_is_let_in_sees_and_is_seen) {
  Client& alice = t.active(with_rights("alice", {.admit = true}));
  t.publish_audio(alice);
  Client& eve = t.active(asking("eve"));
  ASSERT_TRUE(meeting().answer_entry(caller(alice), "eve", true, t.now).ok());
  t.advance(1s);

  ASSERT_THAT(eve.heard_of("alice"), SizeIs(1));
  EXPECT_THAT(eve.heard_of("alice")[0]->tracks, SizeIs(1));
  ASSERT_FALSE(alice.heard_of("eve").empty());
  const auto self = eve.heard_of("eve").back();
  EXPECT_FALSE(self->permissions.hidden);
  EXPECT_TRUE(self->permissions.can_publish && self->permissions.can_publish_data);
  EXPECT_EQ(self->attributes.count(kLobbyAttribute), 0u);
  EXPECT_TRUE(is_subscribed(eve));
  EXPECT_EQ(count<EntryAnswered>(), 1);
  EXPECT_EQ(count<ParticipantJoined>(), 2);
  EXPECT_EQ(count<ParticipantActivated>(), 2);
  EXPECT_EQ(meeting().answer_entry(caller(alice), "eve", false, t.now).error(), Refusal::not_found);
}

TEST_F(MeetingTest, who_is_turned_away_leaves_and_was_never_there) {
  Client& alice = t.active(with_rights("alice", {.admit = true}));
  Client& eve = t.active(asking("eve"));
  ASSERT_TRUE(meeting().answer_entry(caller(alice), "eve", false, t.now).ok());

  EXPECT_EQ(eve.last<LeaveSent>().reason, DisconnectReason::user_rejected);
  EXPECT_EQ(count<ParticipantLeft>(), 0);
  EXPECT_THAT(alice.heard_of("eve"), IsEmpty());
}

TEST_F(MeetingTest, only_who_may_admit_answers_and_nobody_in_the_lobby_does_anything) {
  Client& alice = t.active("alice");
  t.active(asking("eve"));
  JoinRequest r = asking("mallory");
  r.rights.admit = r.rights.moderate = true;
  Participant& m = caller(t.active(r));
  constexpr auto kNotAllowed = Refusal::not_allowed;

  EXPECT_EQ(meeting().answer_entry(caller(alice), "eve", true, t.now).error(), kNotAllowed);
  EXPECT_EQ(meeting().answer_entry(m, "mallory", true, t.now).error(), kNotAllowed);
  EXPECT_EQ(meeting().set_mode(m, Mode::send_and_recv, t.now).error(), kNotAllowed);
  EXPECT_EQ(meeting().set_pin(m, "alice", true, true).error(), kNotAllowed);
  EXPECT_EQ(meeting().request_media(m, "alice", TrackSource::camera).error(), kNotAllowed);
  EXPECT_EQ(meeting().mute(m, "alice", TrackSource::camera, t.now).error(), kNotAllowed);
  EXPECT_EQ(meeting().remove(m, "alice", t.now).error(), kNotAllowed);
  EXPECT_EQ(meeting().end(m, t.now).error(), kNotAllowed);
  EXPECT_EQ(meeting().set_pin(caller(alice), "eve", true, false).error(), Refusal::not_found);
}

TEST_F(MeetingTest, a_full_room_lets_nobody_in_and_a_lobby_has_an_end) {
  JoinRequest first = with_rights("alice", {.admit = true});
  first.room_settings.emplace().max_participants = 1;
  Client& alice = t.active(first);
  t.active(asking("eve"));
  EXPECT_EQ(meeting().answer_entry(caller(alice), "eve", true, t.now).error(),
            Refusal::limit_exceeded);
  for (int i = 1; i < 100; ++i) t.join(asking("e" + std::to_string(i)));

  EXPECT_EQ(t.control.check(asking("one more")).error(), JoinRefusal::room_full);
}

TEST_F(MeetingTest, who_must_ask_takes_nobodys_place_and_no_rights) {
  Client& host = t.active(with_rights("host", {.admit = true, .moderate = true}));
  EXPECT_EQ(t.control.check(asking("host")).error(), JoinRefusal::identity_taken);
  const auto comes_back = [&](Rights rights, bool waiting) {
    ResumeRequest r{"room", "host", "", true, 17, 0, "key"};
    r.rights = rights;
    r.waiting = waiting;
    return t.control
        .resume(
            r, [](ParticipantEvent) {}, t.now)
        .ok();
  };
  EXPECT_FALSE(comes_back({.admit = true, .moderate = true}, true));
  EXPECT_FALSE(comes_back({.admit = true}, false));
  EXPECT_TRUE(comes_back({.admit = true, .moderate = true}, false));
  t.control.signal_lost(host.id(), t.control.caller(host.id())->session, t.now);
  EXPECT_TRUE(t.control.check(asking("host")).ok());

  Client& eve = t.active(asking("eve"));
  ASSERT_TRUE(meeting().answer_entry(caller(host), "eve", true, t.now).ok());
  t.lose_signal(eve);
  ResumeRequest again{"room", "eve", eve.sid(), true, 17, 0, "key"};
  again.waiting = true;  // with the token that it came with
  EXPECT_TRUE(t.control
                  .resume(
                      again, [](ParticipantEvent) {}, t.now)
                  .ok());
  EXPECT_FALSE(caller(eve).waiting);
}

TEST_F(MeetingTest, a_second_connection_neither_asks_nor_takes_an_identity) {
  t.active("alice#1");
  JoinRequest second = TestRoom::request("alice#1");
  second.token_identity = "alice";
  EXPECT_EQ(t.control.check(second).error(), JoinRefusal::identity_taken);
  JoinRequest asks = asking("eve#1");
  asks.token_identity = "eve";
  EXPECT_EQ(t.control.check(asks).error(), JoinRefusal::room_full);
}

TEST_F(MeetingTest, who_gives_up_waiting_is_told_of) {
  Client& eve = t.active(asking("eve"));
  t.control.leave(eve.id(), t.now);

  EXPECT_EQ(count<EntryWithdrawn>(), 1);
  EXPECT_EQ(count<ParticipantLeft>(), 0);
}

TEST_F(MeetingTest, nothing_of_the_call_goes_with_a_move) {
  Client& host = t.active(with_rights("host", {.admit = true, .moderate = true}));
  ASSERT_TRUE(meeting().set_pin(caller(host), "host", true, false).ok());
  ASSERT_TRUE(t.control.moderation().move_participant("room", "host", "other", t.now).ok());

  EXPECT_FALSE(caller(host).rights.admit || caller(host).rights.moderate);
  EXPECT_EQ(caller(host).attributes.count(kPinAttribute), 0u);
}

TEST_F(MeetingTest, the_hidden_are_neither_found_nor_named) {
  JoinRequest r = with_rights("watcher", {});
  r.permissions.hidden = true;
  Client& watcher = t.active(r);
  Client& alice = t.active("alice");
  EXPECT_EQ(meeting().set_pin(caller(alice), "watcher", true, false).error(), Refusal::not_found);
  ASSERT_TRUE(meeting().set_pin(caller(watcher), "alice", true, false).ok());

  EXPECT_EQ(alice.heard_of("alice").back()->attributes.count(kPinnedByAttribute), 0u);
}

TEST_F(MeetingTest, a_room_where_some_wait_stays_but_its_call_ends) {
  JoinRequest helper = TestRoom::request("agent");
  helper.kind = ParticipantKind::agent;
  Client& agent = t.active(helper);
  Client& alice = t.active("alice");
  Client& eve = t.active(asking("eve"));
  t.control.leave(alice.id(), t.now);
  t.advance(21s);
  EXPECT_EQ(count<RoomIdle>(), 1);
  EXPECT_EQ(agent.last<LeaveSent>().reason, DisconnectReason::room_closed);
  t.advance(600s);
  EXPECT_EQ(count<RoomIdle>(), 1);
  EXPECT_EQ(count<RoomFinished>(), 0);
  EXPECT_EQ(eve.count<LeaveSent>(), 0u);
  t.control.leave(eve.id(), t.now);
  t.advance(21s);

  EXPECT_EQ(count<RoomFinished>(), 1);
}

TEST_F(MeetingTest, a_server_api_lets_in_by_permissions_that_do_not_hide) {
  Client& eve = t.active(asking("eve"));
  Moderation& moderation = t.control.moderation();
  Permissions permissions;
  permissions.hidden = true;
  ASSERT_TRUE(moderation.update_participant("room", "eve", {}, permissions, t.now));
  EXPECT_TRUE(caller(eve).waiting);
  permissions.hidden = permissions.can_publish = false;
  ASSERT_TRUE(moderation.update_participant("room", "eve", {}, permissions, t.now));

  EXPECT_FALSE(caller(eve).waiting);
  EXPECT_EQ(eve.heard_of("eve").back()->permissions, permissions);
  EXPECT_EQ(count<EntryAnswered>(), 1);
}

TEST_F(MeetingTest, a_mode_gives_no_more_than_the_rights) {
  Client& alice = t.active("alice");
  const auto shown = [&] { return alice.heard_of("alice").back(); };
  const std::string sid = t.publish_audio(alice);
  ASSERT_TRUE(meeting().set_mode(caller(alice), Mode::recv_only, t.now).ok());
  EXPECT_EQ(alice.last<TrackUnpublished>().track_sid, sid);
  EXPECT_EQ(shown()->attributes.at(kModeAttribute), "RECV_ONLY");
  ASSERT_TRUE(meeting().set_mode(caller(alice), Mode::signalling_only, t.now).ok());
  EXPECT_FALSE(shown()->permissions.can_subscribe);
  ASSERT_TRUE(meeting().set_mode(caller(alice), Mode::send_and_recv, t.now).ok());
  EXPECT_TRUE(shown()->permissions.can_publish);
  EXPECT_EQ(count<ModeChanged>(), 3);

  Client& viewer = t.active(with_rights("viewer", {.publish = false}));
  EXPECT_EQ(meeting().set_mode(caller(viewer), Mode::send_and_recv, t.now).error(),
            Refusal::not_allowed);
  Permissions mute;
  mute.can_publish = false;
  ASSERT_TRUE(t.control.moderation().update_participant("room", "alice", {}, mute, t.now));
  EXPECT_EQ(shown()->attributes.at(kModeAttribute), "RECV_ONLY");
  EXPECT_EQ(meeting().set_mode(caller(alice), Mode::send_and_recv, t.now).error(),
            Refusal::not_allowed);
}

TEST_F(MeetingTest, pins_are_attributes_that_only_the_server_writes) {
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_update_metadata = true;
  Client& alice = t.active(r);
  Client& bob = t.active("bob");
  const auto shown = [&] { return bob.heard_of("alice").back()->attributes; };
  ASSERT_TRUE(meeting().set_pin(caller(bob), "alice", true, true).ok());
  EXPECT_EQ(shown().at(kPinAttribute), "cam,share");
  EXPECT_EQ(shown().at(kPinnedByAttribute), "bob");
  EXPECT_EQ(t.control.change_profile(alice.id(), {"", "", {{kPinAttribute, ""}}}).error(),
            Refusal::not_allowed);
  ASSERT_TRUE(t.control.moderation().update_participant(
      "room", "alice", {"", "", {{kPinAttribute, "x"}, {"other", "y"}}}, {}, t.now));
  EXPECT_EQ(shown().at(kPinAttribute), "cam,share");
  EXPECT_EQ(shown().at("other"), "y");
  t.active(r);  // comes back by a new session
  EXPECT_EQ(shown().at(kPinAttribute), "cam,share");
  ASSERT_TRUE(meeting().set_pin(caller(bob), "alice", false, false).ok());

  EXPECT_EQ(shown().count(kPinAttribute), 0u);
}

TEST_F(MeetingTest, moderators_mute_remove_and_end_and_others_only_ask) {
  Client& host = t.active(with_rights("host", {.moderate = true}));
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  const std::string sid = t.publish_audio(alice);
  EXPECT_EQ(meeting().mute(caller(bob), "alice", TrackSource::microphone, t.now).error(),
            Refusal::not_allowed);
  ASSERT_TRUE(meeting().request_media(caller(bob), "alice", TrackSource::camera).ok());
  EXPECT_EQ(count<MediaRequested>(), 1);
  ASSERT_TRUE(meeting().mute(caller(host), "alice", TrackSource::microphone, t.now).ok());
  EXPECT_EQ(alice.last<MuteRequested>().track_sid, sid);
  EXPECT_EQ(meeting().remove(caller(bob), "alice", t.now).error(), Refusal::not_allowed);
  ASSERT_TRUE(meeting().remove(caller(host), "alice", t.now).ok());
  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::participant_removed);
  EXPECT_EQ(meeting().end(caller(bob), t.now).error(), Refusal::not_allowed);
  ASSERT_TRUE(meeting().end(caller(host), t.now).ok());

  EXPECT_EQ(host.last<LeaveSent>().reason, DisconnectReason::room_closed);
  EXPECT_EQ(bob.last<LeaveSent>().reason, DisconnectReason::room_closed);
  EXPECT_EQ(t.control.caller(host.id()), nullptr);
}

}  // namespace
}  // namespace plenum::control::testing
