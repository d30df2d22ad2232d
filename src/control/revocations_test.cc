#include "control/revocations.h"

#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

TEST(Revocations, refuses_tokens_from_before_and_no_others) {
  Revocations r;
  r.revoke({"key", "room", "alice"}, 100, 90);

  EXPECT_TRUE(r.is_revoked({"key", "room", "alice"}, 99, 95));
  EXPECT_TRUE(r.is_revoked({"key", "room", "alice"}, 0, 95));
  EXPECT_FALSE(r.is_revoked({"key", "room", "alice"}, 100, 95));
  EXPECT_FALSE(r.is_revoked({"key", "room", "bob"}, 99, 95));
  EXPECT_FALSE(r.is_revoked({"key", "other", "alice"}, 99, 95));
  EXPECT_FALSE(r.is_revoked({"another key", "room", "alice"}, 99, 95));
}

TEST(Revocations, the_later_time_stays_in_force) {
  Revocations r;
  r.revoke({"key", "room", "alice"}, 100, 0);
  r.revoke({"key", "room", "alice"}, 50, 0);

  EXPECT_TRUE(r.is_revoked({"key", "room", "alice"}, 99, 0));
  EXPECT_EQ(r.size(), 1u);
}

TEST(Revocations, are_forgotten_after_a_while_and_when_there_are_too_many) {
  Revocations r({.memory_seconds = 10, .max_entries = 2});
  r.revoke({"key", "room", "a"}, 100, 0);
  r.revoke({"key", "room", "b"}, 100, 1);
  EXPECT_TRUE(r.is_revoked({"key", "room", "a"}, 1, 10));
  EXPECT_FALSE(r.is_revoked({"key", "room", "a"}, 1, 11));
  r.revoke({"key", "room", "a"}, 100, 2);
  r.revoke({"key", "room", "c"}, 100, 3);
  EXPECT_FALSE(r.is_revoked({"key", "room", "b"}, 1, 3));
  EXPECT_TRUE(r.is_revoked({"key", "room", "a"}, 1, 3));
  r.revoke({"key", "room", "d"}, 100, 20);

  EXPECT_EQ(r.size(), 1u);
}

TEST(Revocations, keep_a_removed_participant_from_joining_and_resuming_with_old_tokens) {
  TestRoom t;
  JoinRequest request = TestRoom::request("alice");
  request.token_not_before = 5;
  t.active(request);
  Moderation& m = t.control.moderation();
  m.revoke_tokens("key", "room", "alice", 100);
  ASSERT_TRUE(m.remove_participant("room", "alice", t.now).ok());
  EXPECT_EQ(t.control.check(request).error(), JoinRefusal::token_revoked);
  EXPECT_EQ(t.control.join(request, {}, t.now).error(), JoinRefusal::token_revoked);
  request.token_not_before = 100;
  Client& again = t.active(request);

  EXPECT_FALSE(
      t.control.resume({"room", "alice", again.sid(), true, 17, 99, "key"}, {}, t.now).ok());
  EXPECT_TRUE(
      t.control.resume({"room", "alice", again.sid(), true, 17, 100, "key"}, {}, t.now).ok());
}

TEST(Revocations, hold_for_a_second_connection_that_the_token_opens_under_another_identity) {
  TestRoom t;
  JoinRequest second = TestRoom::request("alice#screen");
  second.token_identity = "alice";
  second.token_not_before = 5;
  Client& screen = t.active(second);
  const ResumeRequest back{"room", "alice#screen", screen.sid(), true, 17, 5, "key", "alice"};
  ASSERT_TRUE(t.control.resume(back, {}, t.now).ok());
  t.control.moderation().revoke_tokens("key", "room", "alice", 100);

  EXPECT_FALSE(t.control.resume(back, {}, t.now).ok());
  EXPECT_EQ(t.control.check(second).error(), JoinRefusal::token_revoked);
  second.identity = "bob#screen";
  second.token_identity = "bob";
  EXPECT_TRUE(t.control.check(second).ok());
}

}  // namespace
}  // namespace plenum::control::testing
