#include "api/livekit/data_packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/livekit_data.pb.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using ::testing::ElementsAre;

control::Participant sender() {
  control::Participant p;
  p.sid = "PA_alice";
  p.identity = "alice";
  return p;
}

std::optional<control::RoutedData> edit(const control::Participant& p, const pb::DataPacket& packet,
                                        bool reliable = true) {
  return edit_data_packet(p, reliable, as_bytes(packet.SerializeAsString()));
}

pb::DataPacket parsed(const control::RoutedData& data) {
  pb::DataPacket out;
  EXPECT_TRUE(out.ParseFromArray(data.bytes->data(), static_cast<int>(data.bytes->size())));
  return out;
}

TEST(DataPacket, names_its_true_sender_everywhere) {
  pb::DataPacket packet;
  packet.set_participant_identity("mallory");
  packet.set_participant_sid("PA_mallory");
  packet.mutable_user()->set_participant_identity("mallory");
  packet.mutable_user()->set_participant_sid("PA_mallory");
  packet.mutable_user()->set_payload("hello");
  packet.set_sequence(5);
  const auto out = edit(sender(), packet);
  ASSERT_TRUE(out);
  const pb::DataPacket sent = parsed(*out);

  EXPECT_EQ(sent.participant_identity(), "alice");
  EXPECT_EQ(sent.participant_sid(), "PA_alice");
  EXPECT_EQ(sent.user().participant_identity(), "alice");
  EXPECT_EQ(sent.user().participant_sid(), "PA_alice");
  EXPECT_EQ(sent.user().payload(), "hello");
  EXPECT_EQ(sent.sequence(), 5u);
  EXPECT_EQ(out->sequence, 5u);
}

TEST(DataPacket, of_a_hidden_sender_names_nobody) {
  control::Participant p = sender();
  p.permissions.hidden = true;
  pb::DataPacket packet;
  packet.mutable_user()->set_payload("boo");

  EXPECT_EQ(parsed(*edit(p, packet)).participant_identity(), "");
  EXPECT_EQ(parsed(*edit(p, packet)).participant_sid(), "");
}

TEST(DataPacket, kind_follows_the_channel) {
  pb::DataPacket packet;
  packet.set_kind(pb::DataPacket::RELIABLE);
  packet.mutable_user();

  EXPECT_EQ(parsed(*edit(sender(), packet, false)).kind(), pb::DataPacket::LOSSY);
}

TEST(DataPacket, outer_destinations_are_copied_into_the_user_packet) {
  pb::DataPacket packet;
  packet.add_destination_identities("bob");
  packet.mutable_user()->add_destination_identities("carol");
  const auto out = edit(sender(), packet);

  EXPECT_THAT(out->destination_identities, ElementsAre("bob"));
  EXPECT_THAT(parsed(*out).user().destination_identities(), ElementsAre("bob"));
}

TEST(DataPacket, nested_destinations_of_old_clients_count) {
  pb::DataPacket packet;
  packet.mutable_user()->add_destination_identities("bob");
  packet.mutable_user()->add_destination_sids("PA_carol");
  const auto out = edit(sender(), packet);

  EXPECT_THAT(out->destination_identities, ElementsAre("bob"));
  EXPECT_THAT(out->destination_sids, ElementsAre("PA_carol"));
}

TEST(DataPacket, speakers_are_dropped_and_transcription_is_for_agents) {
  pb::DataPacket speaker, transcription;
  speaker.mutable_speaker();
  transcription.mutable_transcription();
  control::Participant agent = sender();
  agent.kind = control::ParticipantKind::agent;

  EXPECT_FALSE(edit(sender(), speaker));
  EXPECT_FALSE(edit(sender(), transcription));
  EXPECT_TRUE(edit(agent, transcription));
}

TEST(DataPacket, agents_may_chat_in_the_name_of_others) {
  control::Participant agent = sender();
  agent.kind = control::ParticipantKind::agent;
  pb::DataPacket packet;
  packet.set_participant_identity("bob");
  packet.mutable_chat_message()->set_message("hi");

  EXPECT_EQ(parsed(*edit(agent, packet)).participant_identity(), "bob");
  EXPECT_EQ(parsed(*edit(sender(), packet)).participant_identity(), "alice");
}

TEST(DataPacket, fields_of_newer_clients_survive) {
  pb::DataPacket packet;
  packet.set_participant_identity("x");
  const std::string unknown("\xc2\x3e\x03new", 6);  // field 1000, length 3
  const auto out = edit_data_packet(sender(), true, as_bytes(packet.SerializeAsString() + unknown));
  ASSERT_TRUE(out);
  const std::string sent(as_text(*out->bytes));

  EXPECT_NE(sent.find("new"), std::string::npos);
}

TEST(DataPacket, metrics_and_nonces_are_recognised) {
  pb::DataPacket metrics, user;
  metrics.mutable_metrics();
  user.mutable_user()->set_nonce("n");

  EXPECT_TRUE(edit(sender(), metrics)->metrics);
  EXPECT_EQ(edit(sender(), user)->nonce, "n");
}

TEST(DataPacket, of_a_client_has_no_topic_of_the_server) {
  pb::DataPacket packet;
  packet.mutable_user()->set_topic("plenum/events");
  EXPECT_FALSE(edit(sender(), packet));
  pb::DataPacket stream;
  stream.mutable_stream_header()->set_topic("plenum/events");
  EXPECT_FALSE(edit(sender(), stream));
  packet.mutable_user()->set_topic("plenum");
  EXPECT_TRUE(edit(sender(), packet));
}

TEST(DataPacket, that_is_a_call_says_what_is_called) {
  pb::DataPacket packet;
  packet.add_destination_identities("plenum");
  packet.mutable_rpc_request()->set_id("1");
  packet.mutable_rpc_request()->set_method("state.get");
  packet.mutable_rpc_request()->set_payload("{}");
  const auto data = edit(sender(), packet);

  ASSERT_TRUE(data && data->rpc_call);
  EXPECT_EQ(data->rpc_call->request_id, "1");
  EXPECT_EQ(data->rpc_call->method, "state.get");
  EXPECT_EQ(data->rpc_call->payload, "{}");
}

pb::DataPacket read(const shard::SharedBytes& bytes) {
  pb::DataPacket out;
  EXPECT_TRUE(out.ParseFromArray(bytes->data(), static_cast<int>(bytes->size())));
  EXPECT_EQ(out.participant_identity(), "plenum");
  return out;
}

TEST(DataPacket, of_the_server_comes_from_its_reserved_identity) {
  EXPECT_EQ(
      read(encode_rpc_reply({.request_id = "1", .acknowledged_only = true})).rpc_ack().request_id(),
      "1");
  const auto ok = read(encode_rpc_reply({.request_id = "1", .payload = "yes"}));
  EXPECT_EQ(ok.rpc_response().payload(), "yes");
  const auto failed =
      read(encode_rpc_reply({.request_id = "1", .error = control::RpcError{1500, "no", "why"}}));
  EXPECT_EQ(failed.rpc_response().error().code(), 1500u);
  EXPECT_EQ(failed.rpc_response().error().data(), "why");
  const auto message = server_message("plenum/events", "{}", {"alice"});
  EXPECT_EQ(read(message.bytes).user().topic(), "plenum/events");
  EXPECT_EQ(message.destination_identities, std::vector<std::string>{"alice"});
}

TEST(DataPacket, that_is_malformed_is_dropped) {
  pb::DataPacket packet;
  packet.mutable_user()->set_payload("hello");
  const std::string bytes = packet.SerializeAsString();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto out = edit_data_packet(sender(), true, as_bytes(bytes.substr(0, size)));
    if (out) {
      EXPECT_NE(parsed(*out).user().payload(), "hello");
    }
  }

  EXPECT_FALSE(edit_data_packet(sender(), true, as_bytes("\xff\xff\xff")));
}

TEST(DataPacket, replies_to_calls_are_recognised) {
  pb::DataPacket ack, answer, failure, compressed, other;
  ack.mutable_rpc_ack()->set_request_id("1");
  answer.mutable_rpc_response()->set_request_id("2");
  answer.mutable_rpc_response()->set_payload("yes");
  failure.mutable_rpc_response()->set_request_id("3");
  failure.mutable_rpc_response()->mutable_error()->set_code(1400);
  failure.mutable_rpc_response()->mutable_error()->set_data("details");
  compressed.mutable_rpc_response()->set_compressed_payload("?");
  other.mutable_rpc_request()->set_id("4");

  EXPECT_TRUE(edit(sender(), ack)->rpc_reply->acknowledged_only);
  EXPECT_EQ(edit(sender(), ack)->rpc_reply->request_id, "1");
  EXPECT_EQ(edit(sender(), answer)->rpc_reply->payload, "yes");
  EXPECT_FALSE(edit(sender(), answer)->rpc_reply->error);
  EXPECT_EQ(edit(sender(), failure)->rpc_reply->error->code, 1400u);
  EXPECT_EQ(edit(sender(), failure)->rpc_reply->error->data, "details");
  EXPECT_EQ(edit(sender(), compressed)->rpc_reply->error->code,
            control::RpcError::kUnsupportedVersion);
  EXPECT_FALSE(edit(sender(), other)->rpc_reply);
}

}  // namespace
}  // namespace plenum::livekit_api
