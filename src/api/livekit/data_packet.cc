#include "api/livekit/data_packet.h"

#include <climits>
#include <memory>
#include <string>
#include <vector>

#include "proto/livekit_data.pb.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;

/// More destinations than this name nobody in particular.
constexpr int kMaxDestinations = 10'000;

bool may_send(const control::Participant& sender, const pb::DataPacket& packet) {
  switch (packet.value_case()) {
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
  if (!sender.is_agent() || packet.participant_identity().empty()) return false;
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
  out.sequence = packet.sequence();
  out.bytes = serialize(packet);
  return out;
}

}  // namespace plenum::livekit_api
