#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include "api/livekit/test_room_service.h"
#include "proto/livekit_data.pb.h"

namespace plenum::livekit_api::testing {
namespace {

namespace pb = ::livekit;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class PerformRpcTest : public RoomServiceTest {
 protected:
  static std::string to_alice(const std::string& more = "") {
    return R"({"room":"room","destinationIdentity":"alice","method":"greet","payload":"hi")" +
           more + "}";
  }
  void begin_call(const std::string& body = to_alice()) {
    begin(post(body, admin()), "livekit.RoomService/PerformRpc");
  }
  pb::DataPacket sent_to(const Client& c) {
    pb::DataPacket packet;
    EXPECT_THAT(room.sent_to(c), SizeIs(1));
    EXPECT_TRUE(packet.ParseFromString(room.sent_to(c).back()));
    return packet;
  }
  /// Status, code and the number of the call's error.
  std::string failure() {
    run();
    if (!answered()) return "not answered";
    const boost::json::value body = boost::json::parse(answered()->body);
    std::string out = std::to_string(answered()->status) + " ";
    out += body.at("code").as_string();
    if (const auto* meta = body.as_object().if_contains("meta"))
      out += " " + std::string(meta->at("rpc_code").as_string());
    return out;
  }
};

TEST_F(PerformRpcTest, asks_the_participant_and_answers_with_its_answer) {
  Client& alice = room.active("alice");
  Client& bob = room.active("bob");
  begin_call();
  EXPECT_FALSE(answered());
  const pb::DataPacket packet = sent_to(alice);
  room.send(alice, "ack=" + packet.rpc_request().id());
  run();
  EXPECT_FALSE(answered());
  room.send(alice, "response=" + packet.rpc_request().id());
  run();

  EXPECT_THAT(packet.rpc_request().id(), StartsWith("RPC_"));
  EXPECT_EQ(packet.participant_identity(), packet.rpc_request().id());
  EXPECT_EQ(packet.participant_sid(), "");
  EXPECT_EQ(packet.sequence(), 0u);
  EXPECT_EQ(packet.rpc_request().method(), "greet");
  EXPECT_EQ(packet.rpc_request().payload(), "hi");
  EXPECT_EQ(packet.rpc_request().version(), 1u);
  EXPECT_EQ(packet.rpc_request().response_timeout_ms(), 10'000u);
  EXPECT_THAT(room.sent_to(bob), IsEmpty());
  ASSERT_TRUE(answered());
  EXPECT_EQ(answered()->status, 200);
  EXPECT_EQ(answered()->body, R"({"payload":"the answer"})");
  EXPECT_EQ(changes, 1);
}

TEST_F(PerformRpcTest, hands_on_what_the_method_threw) {
  Client& alice = room.active("alice");
  begin_call();
  room.send(alice, "error=" + sent_to(alice).rpc_request().id());
  run();

  ASSERT_TRUE(answered());
  EXPECT_EQ(answered()->status, 500);
  EXPECT_EQ(answered()->body,
            R"({"code":"internal","msg":"RpcError 101: told to fail: details","meta":)"
            R"({"rpc_code":"101","rpc_data":"details","rpc_message":"told to fail"}})");
}

TEST_F(PerformRpcTest, waits_seven_seconds_for_a_sign_and_ten_for_the_answer) {
  Client& alice = room.active("alice");
  begin_call();
  room.advance(7s);
  EXPECT_EQ(failure(), "408 canceled 1501");
  room.posted.clear();
  begin_call();
  room.send(alice, "ack=" + sent_to(alice).rpc_request().id());
  room.advance(9'999ms);
  EXPECT_EQ(failure(), "not answered");
  room.advance(1ms);

  EXPECT_EQ(failure(), "408 canceled 1502");
}

TEST_F(PerformRpcTest, waits_as_long_as_it_is_told) {
  Client& alice = room.active("alice");
  begin_call(to_alice(R"(,"responseTimeoutMs":2500)"));
  EXPECT_EQ(sent_to(alice).rpc_request().response_timeout_ms(), 2500u);
  room.advance(2500ms);

  EXPECT_EQ(failure(), "408 canceled 1502");
}

TEST_F(PerformRpcTest, to_who_leaves_is_unavailable_and_to_nobody_not_found) {
  Client& alice = room.active("alice");
  begin_call();
  room.control.leave(alice.id(), room.now);
  EXPECT_EQ(failure(), "503 unavailable 1503");
  begin_call();

  EXPECT_EQ(failure(), "404 not_found");
}

TEST_F(PerformRpcTest, checks_what_it_is_given) {
  Client& alice = room.active("alice");
  const auto refused = [&](const std::string& body) {
    begin_call(body);
    return failure();
  };
  EXPECT_EQ(refused(R"({"room":"room","method":"m"})"), "400 invalid_argument");
  EXPECT_EQ(refused(R"({"room":"room","destinationIdentity":"alice","method":")" +
                    std::string(257, 'm') + "\"}"),
            "400 invalid_argument");
  EXPECT_EQ(refused(to_alice(R"(,"responseTimeoutMs":600001)")), "400 invalid_argument");
  EXPECT_EQ(refused(R"({"room":"room","destinationIdentity":"alice","payload":")" +
                    std::string(15'361, 'x') + "\"}"),
            "400 malformed 1402");
  EXPECT_THAT(room.sent_to(alice), IsEmpty());
}

TEST_F(PerformRpcTest, is_refused_while_too_many_wait) {
  room.active("alice");
  std::vector<std::unique_ptr<Asked>> waiting;
  for (int i = 0; i < 100; ++i) {
    begin_call();
    waiting.push_back(std::move(asked));
  }
  begin_call();

  EXPECT_EQ(failure(), "429 resource_exhausted");
}

}  // namespace
}  // namespace plenum::livekit_api::testing
