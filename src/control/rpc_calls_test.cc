#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RpcCallsTest : public ::testing::Test {
 protected:
  Status<Refusal> call(const std::string& id, Duration timeout = 15s,
                       const std::string& identity = "alice") {
    RpcRequest request{id, shared("call " + id), timeout, [this](Result<std::string, RpcError> r) {
                         results.push_back(std::move(r));
                       }};
    return t.control.moderation().perform_rpc("room", identity, std::move(request), t.now);
  }
  std::uint32_t failure() const {
    return results.size() == 1 && !results[0] ? results[0].error().code : 0;
  }

  TestRoom t;
  std::vector<Result<std::string, RpcError>> results;
};

TEST_F(RpcCallsTest, sends_the_request_and_hands_over_the_response) {
  Client& alice = t.active("alice");
  Client& bob = t.active("bob");
  ASSERT_TRUE(call("1").ok());
  EXPECT_THAT(t.sent_to(alice), ElementsAre("call 1"));
  t.send(alice, "ack=1");
  t.send(alice, "response=1");

  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(*results[0], "the answer");
  EXPECT_THAT(t.sent_to(bob), IsEmpty());
}

TEST_F(RpcCallsTest, without_an_acknowledgement_ends_after_seven_seconds) {
  t.active("alice");
  ASSERT_TRUE(call("1").ok());
  t.advance(6999ms);
  EXPECT_THAT(results, IsEmpty());
  t.advance(1ms);

  EXPECT_EQ(failure(), RpcError::kConnectionTimeout);
}

TEST_F(RpcCallsTest, acknowledged_but_not_answered_ends_at_its_timeout) {
  Client& alice = t.active("alice");
  ASSERT_TRUE(call("1").ok());
  t.send(alice, "ack=1");
  t.advance(14999ms);
  EXPECT_THAT(results, IsEmpty());
  t.advance(1ms);

  EXPECT_EQ(failure(), RpcError::kResponseTimeout);
  t.send(alice, "response=1");
  EXPECT_EQ(results.size(), 1u);
}

TEST_F(RpcCallsTest, a_timeout_shorter_than_the_time_to_acknowledge_is_kept) {
  t.active("alice");
  ASSERT_TRUE(call("1", 2s).ok());
  t.advance(2s);

  EXPECT_EQ(failure(), RpcError::kResponseTimeout);
}

TEST_F(RpcCallsTest, end_with_the_callee) {
  Client& alice = t.active("alice");
  ASSERT_TRUE(call("1").ok());
  t.control.leave(alice.id(), t.now);

  EXPECT_EQ(failure(), RpcError::kRecipientDisconnected);
  t.advance(60s);
  EXPECT_EQ(results.size(), 1u);
}

TEST_F(RpcCallsTest, end_with_what_the_method_threw) {
  Client& alice = t.active("alice");
  ASSERT_TRUE(call("1").ok());
  t.send(alice, "error=1");

  EXPECT_EQ(failure(), 101u);
  EXPECT_EQ(results[0].error().data, "details");
}

TEST_F(RpcCallsTest, survive_a_resume_but_not_a_session_that_takes_the_place) {
  Client& alice = t.active("alice");
  ASSERT_TRUE(call("1").ok());
  t.lose_signal(alice);
  ASSERT_TRUE(t.resume(alice).ok());
  EXPECT_THAT(results, IsEmpty());
  t.send(alice, "response=1");
  EXPECT_EQ(results.size(), 1u);
  ASSERT_TRUE(call("2").ok());
  Client& again = t.active("alice");

  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[1].error().code, RpcError::kRecipientDisconnected);
  EXPECT_THAT(t.sent_to(again), IsEmpty());
}

TEST_F(RpcCallsTest, end_with_the_room) {
  t.active("alice");
  ASSERT_TRUE(call("1").ok());
  ASSERT_TRUE(t.control.moderation().delete_room("room", t.now).ok());

  EXPECT_EQ(failure(), RpcError::kRecipientDisconnected);
}

TEST_F(RpcCallsTest, take_answers_from_the_callee_only_and_leave_those_to_others_alone) {
  t.active("alice");
  Client& bob = t.active("bob");
  Client& carol = t.active("carol");
  ASSERT_TRUE(call("1").ok());
  t.send(bob, "response=1");
  t.send(bob, "response=2");

  EXPECT_THAT(results, IsEmpty());
  EXPECT_THAT(t.sent_to(carol), ElementsAre("response=1", "response=2"));
}

TEST_F(RpcCallsTest, may_be_answered_without_the_right_to_send_data) {
  JoinRequest r = TestRoom::request("alice");
  r.permissions.can_publish_data = false;
  Client& alice = t.active(r);
  Client& bob = t.active("bob");
  ASSERT_TRUE(call("1").ok());
  t.send(alice, "1::to everybody");
  t.send(alice, "response=1");

  EXPECT_EQ(results.size(), 1u);
  EXPECT_THAT(t.sent_to(bob), IsEmpty());
}

TEST_F(RpcCallsTest, reach_a_callee_whose_channel_opens_later) {
  Client& alice = t.join("alice");
  ASSERT_TRUE(call("1").ok());
  t.advance(1s);
  t.connect(alice);

  EXPECT_THAT(t.sent_to(alice), ElementsAre("call 1"));
}

TEST_F(RpcCallsTest, to_nobody_or_too_large_for_a_channel_are_refused) {
  t.active("alice");
  RpcRequest large{"1", shared(std::string(262'145, 'x')), 15s, {}};

  EXPECT_EQ(call("1", 15s, "bob").error(), Refusal::not_found);
  EXPECT_EQ(t.control.moderation().perform_rpc("room", "alice", large, t.now).error(),
            Refusal::limit_exceeded);
}

TEST_F(RpcCallsTest, wait_in_a_bounded_number_to_each_and_to_all) {
  const auto start = [&](const std::string& identity, int first) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(call(std::to_string(first + i), 15s, identity).ok());
  };
  Client& alice = t.active("alice");
  t.active("last");
  start("alice", 0);
  EXPECT_EQ(call("one more").error(), Refusal::limit_exceeded);
  for (int i = 1; i < 10; ++i) {
    t.active(std::to_string(i));
    start(std::to_string(i), 100 * i);
  }

  EXPECT_EQ(call("one more", 15s, "last").error(), Refusal::limit_exceeded);
  t.send(alice, "response=7");
  EXPECT_TRUE(call("one more", 15s, "last").ok());
  EXPECT_EQ(results.size(), 1u);
}

}  // namespace
}  // namespace plenum::control::testing
