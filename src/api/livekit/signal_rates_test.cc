// How much a client may send over its signalling connection.
#include "api/livekit/test_session.h"

namespace plenum::livekit_api::testing {
namespace {

pb::SignalRequest ping() {
  pb::SignalRequest r;
  r.set_ping(1);
  return r;
}
pb::SignalRequest offer() {
  pb::SignalRequest r;
  r.mutable_offer()->set_sdp("v=0");
  return r;
}

class SignalRates : public SignalSessionTest {
 protected:
  void expect_cut(const std::string& identity, const Socket& s) {
    EXPECT_TRUE(s.closed);
    EXPECT_EQ(s.last(Kind::kLeave).leave().action(), pb::LeaveRequest::DISCONNECT);
    EXPECT_EQ(s.last(Kind::kLeave).leave().reason(), pb::STATE_MISMATCH);
    EXPECT_EQ(s.count(Kind::kLeave), 1u);
    EXPECT_EQ(room.control.world().room("room")->find(identity), nullptr);
    EXPECT_EQ(context.counters.flooded, 1u);
  }
};

TEST_F(SignalRates, five_hundred_messages_at_once_pass_and_one_more_ends_the_session) {
  Socket& alice = connect("alice");
  Socket& bob = connect("bob");
  for (int i = 0; i < 500; ++i) say(alice, ping());
  EXPECT_FALSE(alice.closed);
  EXPECT_EQ(alice.count(Kind::kPong), 500u);

  say(alice, ping());
  expect_cut("alice", alice);
  EXPECT_FALSE(bob.closed);
}

TEST_F(SignalRates, a_hundred_messages_a_second_pass_for_ever) {
  Socket& alice = connect("alice");
  make_active("alice");  // else the join fails after a while
  for (int i = 0; i < 6000; ++i) {
    say(alice, ping());
    room.advance(10ms);
  }
  EXPECT_FALSE(alice.closed);
}

TEST_F(SignalRates, unreadable_bytes_count_too) {
  Socket& alice = connect("alice");
  const std::string junk(2 << 20, '\xff');
  alice.session->on_message(junk, false, room.now);
  alice.session->on_message(junk, false, room.now);
  EXPECT_FALSE(alice.closed);

  alice.session->on_message("x", false, room.now);
  expect_cut("alice", alice);
}

TEST_F(SignalRates, fifty_offers_at_once_pass_and_one_more_ends_the_session) {
  Socket& alice = connect("alice");
  for (int i = 0; i < 50; ++i) say(alice, offer());
  EXPECT_FALSE(alice.closed);

  say(alice, offer());
  expect_cut("alice", alice);
}

TEST_F(SignalRates, offers_that_the_server_asks_for_are_free) {
  Socket& alice = connect("alice");
  make_active("alice");
  for (int i = 0; i < 200; ++i) {
    room.event(shard::SectionsNeeded{who("alice").transports.primary, 1, 0});
    say(alice, offer());
  }
  EXPECT_FALSE(alice.closed);
}

}  // namespace
}  // namespace plenum::livekit_api::testing
