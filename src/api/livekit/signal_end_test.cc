// How sessions end and come back: leave, resume, silence, simulated failures.
#include "api/livekit/test_session.h"

namespace plenum::livekit_api::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(SignalSessionTest, a_leave_of_the_server_closes_the_socket) {
  Socket& alice = connect(token("alice"), parameters(true, 12));
  make_active("alice");
  room.event(shard::PeerDisconnected{who("alice").transports.primary});

  EXPECT_EQ(alice.last(Kind::kLeave).leave().action(), pb::LeaveRequest::RESUME);
  EXPECT_EQ(alice.last(Kind::kLeave).leave().reason(), pb::CONNECTION_TIMEOUT);
  EXPECT_TRUE(alice.closed);
}

TEST_F(SignalSessionTest, a_leave_of_the_client_is_not_answered) {
  Socket& alice = connect("alice");
  pb::SignalRequest leave;
  leave.mutable_leave()->set_reason(pb::CLIENT_INITIATED);
  say(alice, leave);

  EXPECT_EQ(alice.count(Kind::kLeave), 0u);
  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(room.control.world().participants.size(), 0u);
}

TEST_F(SignalSessionTest, a_resume_begins_with_reconnect_and_then_tells_everybody) {
  Socket& alice = connect("alice");
  connect("bob");
  make_active("alice");
  const std::string sid = who("alice").sid;
  alice.session->on_closed(room.now);
  room.advance(1s);
  JoinParameters p = parameters();
  p.reconnect = true;
  p.participant_sid = sid;
  Socket& again = connect(token("alice"), p);

  EXPECT_THAT(again.kinds(),
              ElementsAre(Kind::kReconnect, Kind::kUpdate, Kind::kRoomUpdate, Kind::kRefreshToken));
  EXPECT_EQ(again.received[0].reconnect().server_info().version(), "1.13.5");
  EXPECT_EQ(again.received[1].update().participants_size(), 2);
  EXPECT_FALSE(again.closed);
}

TEST_F(SignalSessionTest, a_resume_closes_the_former_socket_without_a_leave) {
  Socket& alice = connect("alice");
  make_active("alice");
  JoinParameters p = parameters();
  p.reconnect = true;
  Socket& again = connect(token("alice"), p);
  alice.session->on_closed(room.now);

  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(alice.count(Kind::kLeave), 0u);
  EXPECT_FALSE(again.closed);
  EXPECT_TRUE(who("alice").sink != nullptr);
}

TEST_F(SignalSessionTest, a_resume_of_nobody_is_told_to_reconnect_fully) {
  JoinParameters p = parameters(true, 12);
  p.reconnect = true;
  p.participant_sid = "PA_forgotten";
  Socket& alice = connect(token("alice"), p);

  ASSERT_THAT(alice.kinds(), ElementsAre(Kind::kLeave));
  EXPECT_EQ(alice.received[0].leave().action(), pb::LeaveRequest::RECONNECT);
  EXPECT_EQ(alice.received[0].leave().reason(), pb::STATE_MISMATCH);
  EXPECT_TRUE(alice.received[0].leave().can_reconnect());
  EXPECT_TRUE(alice.closed);
}

TEST_F(SignalSessionTest, a_silent_client_is_cut_but_stays_a_participant) {
  Socket& alice = connect("alice");
  make_active("alice");
  room.advance(44s);
  alice.session->handle_timeout(room.now);
  EXPECT_FALSE(alice.closed);
  room.advance(2s);
  alice.session->handle_timeout(room.now);

  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(room.control.world().participants.size(), 1u);
}

TEST_F(SignalSessionTest, simulate_does_nothing_outside_of_dev) {
  Socket& alice = connect("alice");
  pb::SignalRequest request;
  request.mutable_simulate()->set_server_leave(true);
  say(alice, request);
  EXPECT_FALSE(alice.closed);
  context.config.dev = true;
  say(alice, request);

  EXPECT_TRUE(alice.closed);
  EXPECT_EQ(alice.last(Kind::kLeave).leave().action(), pb::LeaveRequest::DISCONNECT);
}

TEST_F(SignalSessionTest, simulated_loss_on_resume_happens_once) {
  context.config.dev = true;
  Socket& alice = connect("alice");
  make_active("alice");
  pb::SignalRequest request;
  request.mutable_simulate()->set_disconnect_signal_on_resume_no_messages(true);
  say(alice, request);
  JoinParameters p = parameters();
  p.reconnect = true;
  p.participant_sid = who("alice").sid;
  Socket& second = connect(token("alice"), p);
  EXPECT_TRUE(second.closed);
  EXPECT_THAT(second.received, IsEmpty());
  second.session->on_closed(room.now);
  Socket& third = connect(token("alice"), p);

  EXPECT_FALSE(third.closed);
  EXPECT_EQ(third.received[0].message_case(), Kind::kReconnect);
}

TEST_F(SignalSessionTest, simulated_speech_is_told_to_the_speaker_and_ends) {
  Socket& alice = connect("alice");
  Socket& bob = connect("bob");
  pb::SignalRequest request;
  request.mutable_simulate()->set_speaker_update(3);
  say(alice, request);
  EXPECT_EQ(alice.count(Kind::kSpeakersChanged), 0u);
  context.config.dev = true;
  say(alice, request);
  ASSERT_EQ(alice.count(Kind::kSpeakersChanged), 1u);
  const auto speaker = [&] { return alice.last(Kind::kSpeakersChanged).speakers_changed(); };
  EXPECT_EQ(speaker().speakers(0).sid(), who("alice").sid);
  EXPECT_EQ(speaker().speakers(0).level(), 1);
  EXPECT_TRUE(speaker().speakers(0).active());
  room.advance(2900ms);
  EXPECT_EQ(alice.count(Kind::kSpeakersChanged), 1u);
  room.advance(200ms);

  EXPECT_FALSE(speaker().speakers(0).active());
  EXPECT_EQ(bob.count(Kind::kSpeakersChanged), 0u);
}

TEST_F(SignalSessionTest, simulated_speech_lasts_a_minute_at_most) {
  context.config.dev = true;
  Socket& alice = connect("alice");
  make_active("alice");
  pb::SignalRequest request;
  request.mutable_simulate()->set_speaker_update(1'000'000);
  say(alice, request);
  room.advance(61s);

  EXPECT_EQ(alice.count(Kind::kSpeakersChanged), 2u);
}

TEST_F(SignalSessionTest, a_move_is_told_with_a_token_for_the_new_room) {
  Socket& alice = connect("alice");
  make_active("alice");
  ASSERT_TRUE(room.control.moderation().move_participant("room", "alice", "other", room.now).ok());
  const auto& moved = alice.last(Kind::kRoomMoved).room_moved();
  const auto fresh = read_token(moved.token(), context.keys, 50'000);

  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(fresh->grants.room, "other");
  EXPECT_EQ(fresh->identity, "alice");
  EXPECT_EQ(moved.room().name(), "other");
  EXPECT_EQ(moved.participant().identity(), "alice");
}

}  // namespace
}  // namespace plenum::livekit_api::testing
