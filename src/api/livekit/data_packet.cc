#include "api/livekit/data_packet.h"

#include <climits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/livekit_data.pb.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;

/// More destinations than this name nobody in particular.
constexpr int kMaxDestinations = 10'000;

/// Topics of the server's own messages begin so.
constexpr std::string_view kReservedTopicPrefix = "plenum/";

bool may_send(const control::Participant& sender, const pb::DataPacket& packet) {
  switch (packet.value_case()) {
    case pb::DataPacket::kUser:
      return !packet.user().topic().starts_with(kReservedTopicPrefix);
    case pb::DataPacket::kStreamHeader:
      return !packet.stream_header().topic().starts_with(kReservedTopicPrefix);
    case pb::DataPacket::kSpeaker:
      return false;  // only servers made these
    case pb::DataPacket::kTranscription:
      return sender.is_agent();
    default:
      return true;
  }
}

/// Agents answer in the name of others: their chat and generated text keep the name they chose.
bool keeps_foreign_identity(const control::Participant& sender, const pb::DataPacket& packet) {
  const std::string& identity = packet.participant_identity();
  if (!sender.is_agent() || identity.empty() || identity == control::kServerIdentity) return false;
  if (packet.has_chat_message()) return true;
  return packet.has_stream_header() && packet.stream_header().has_text_header() &&
         packet.stream_header().text_header().generated();
}

void name_sender(const control::Participant& sender, pb::DataPacket& packet) {
  const std::string identity = sender.visible() ? sender.identity : std::string();
  packet.set_participant_sid(sender.visible() ? sender.sid : std::string());
  if (!keeps_foreign_identity(sender, packet)) packet.set_participant_identity(identity);
  if (!packet.has_user()) return;
  packet.mutable_user()->set_participant_sid(packet.participant_sid());
  packet.mutable_user()->set_participant_identity(identity);
}

std::optional<control::RpcReply> rpc_reply(const pb::DataPacket& packet) {
  using control::RpcError;
  control::RpcReply out;
  if (packet.has_rpc_ack()) {
    out.request_id = packet.rpc_ack().request_id();
    out.acknowledged_only = true;
    return out;
  }
  if (!packet.has_rpc_response()) return std::nullopt;
  const pb::RpcResponse& response = packet.rpc_response();
  out.request_id = response.request_id();
  out.payload = response.payload();
  if (response.has_error()) {
    const pb::RpcError& e = response.error();
    out.error = RpcError{e.code(), e.message(), e.data()};
  } else if (response.has_compressed_payload()) {
    // Not offered: a call of version 1 is answered in plain text.
    out.error = RpcError{RpcError::kUnsupportedVersion, "Unsupported RPC version", ""};
  }
  return out;
}

std::optional<control::RoutedData::RpcCall> rpc_call(const pb::DataPacket& packet) {
  if (!packet.has_rpc_request()) return std::nullopt;
  const pb::RpcRequest& request = packet.rpc_request();
  return control::RoutedData::RpcCall{request.id(), request.method(), request.payload()};
}

shard::SharedBytes serialize(const pb::DataPacket& packet) {
  auto bytes = std::make_shared<std::vector<std::byte>>(packet.ByteSizeLong());
  if (!packet.SerializeToArray(bytes->data(), static_cast<int>(bytes->size()))) return nullptr;
  return bytes;
}

}  // namespace

std::optional<control::RoutedData> edit_data_packet(const control::Participant& sender,
                                                    bool reliable, Bytes message) {
  pb::DataPacket packet;
  if (message.size() > INT_MAX ||
      !packet.ParseFromArray(message.data(), static_cast<int>(message.size())))
    return std::nullopt;
  if (!may_send(sender, packet) || packet.destination_identities_size() > kMaxDestinations ||
      packet.user().destination_identities_size() > kMaxDestinations ||
      packet.user().destination_sids_size() > kMaxDestinations)
    return std::nullopt;

  packet.set_kind(reliable ? pb::DataPacket::RELIABLE : pb::DataPacket::LOSSY);
  name_sender(sender, packet);
  control::RoutedData out;
  const auto& outer = packet.destination_identities();
  out.destination_identities.assign(outer.begin(), outer.end());
  if (packet.has_user()) {
    pb::UserPacket& user = *packet.mutable_user();
    if (!outer.empty()) {
      *user.mutable_destination_identities() = outer;
    } else {
      const auto& identities = user.destination_identities();
      out.destination_identities.assign(identities.begin(), identities.end());
      out.destination_sids.assign(user.destination_sids().begin(), user.destination_sids().end());
    }
    out.nonce = user.nonce();
  }
  out.metrics = packet.has_metrics();
  out.rpc_reply = rpc_reply(packet);
  out.rpc_call = rpc_call(packet);
  out.sequence = packet.sequence();
  out.bytes = serialize(packet);
  return out;
}

shard::SharedBytes encode_rpc_reply(const control::RpcReply& reply) {
  pb::DataPacket packet;
  packet.set_kind(pb::DataPacket::RELIABLE);
  packet.set_participant_identity(control::kServerIdentity);
  if (reply.acknowledged_only) {
    packet.mutable_rpc_ack()->set_request_id(reply.request_id);
    return serialize(packet);
  }
  pb::RpcResponse& response = *packet.mutable_rpc_response();
  response.set_request_id(reply.request_id);
  if (reply.error) {
    response.mutable_error()->set_code(reply.error->code);
    response.mutable_error()->set_message(reply.error->message);
    response.mutable_error()->set_data(reply.error->data);
  } else {
    response.set_payload(reply.payload);
  }
  return serialize(packet);
}

control::RoutedData server_message(const std::string& topic, const std::string& payload,
                                   std::vector<std::string> to) {
  pb::DataPacket packet;
  packet.set_kind(pb::DataPacket::RELIABLE);
  packet.set_participant_identity(control::kServerIdentity);
  packet.mutable_user()->set_participant_identity(control::kServerIdentity);
  packet.mutable_user()->set_topic(topic);
  packet.mutable_user()->set_payload(payload);
  control::RoutedData out;
  out.bytes = serialize(packet);
  out.destination_identities = std::move(to);
  return out;
}

}  // namespace plenum::livekit_api
