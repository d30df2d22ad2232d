#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::IsEmpty;

TEST(Room, closes_twenty_seconds_after_the_last_participant_left) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.control.leave(alice.id(), t.now);
  t.advance(19s);
  EXPECT_NE(t.control.world().room("room"), nullptr);
  t.advance(2s);

  EXPECT_EQ(t.control.world().room("room"), nullptr);
}

TEST(Room, keeps_its_sid_for_who_comes_back_in_time) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.control.leave(alice.id(), t.now);
  t.advance(10s);
  Client& again = t.active("alice");
  t.advance(60s);

  EXPECT_EQ(again.joined.room.sid, alice.joined.room.sid);
  EXPECT_NE(t.control.world().room("room"), nullptr);
}

TEST(Room, is_not_kept_open_by_agents_and_recorders) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest agent = TestRoom::request("agent");
  agent.kind = ParticipantKind::agent;
  Client& robot = t.active(agent);
  t.control.leave(alice.id(), t.now);
  t.advance(21s);

  EXPECT_EQ(t.find(robot), nullptr);
  EXPECT_EQ(robot.last<LeaveSent>().reason, DisconnectReason::room_closed);
}

TEST(Room, tells_its_counts_at_most_every_five_seconds) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.advance(5s);
  const std::size_t before = alice.count<RoomUpdated>();
  t.join("bob");
  t.join("carol");
  t.advance(1s);
  t.join("dave");
  t.advance(10s);

  EXPECT_LE(alice.count<RoomUpdated>(), before + 2);
  EXPECT_EQ(alice.last<RoomUpdated>().room.num_participants, 4u);
}

TEST(Recorder, sets_the_recording_flag_while_it_is_there) {
  TestRoom t;
  Client& alice = t.active("alice");
  JoinRequest r = TestRoom::request("rec");
  r.permissions.recorder = true;
  r.permissions.hidden = true;
  Client& recorder = t.active(r);
  EXPECT_TRUE(alice.last<RoomUpdated>().room.active_recording);
  t.control.leave(recorder.id(), t.now);

  EXPECT_FALSE(alice.last<RoomUpdated>().room.active_recording);
}

TEST(Shutdown, tells_every_client) {
  TestRoom t;
  Client& alice = t.active("alice");
  t.control.shut_down(t.now);

  EXPECT_EQ(alice.last<LeaveSent>().reason, DisconnectReason::server_shutdown);
  EXPECT_THAT(t.control.world().rooms, IsEmpty());
}

}  // namespace
}  // namespace plenum::control::testing
