// The DataPacket of the LiveKit protocol on its way from one participant to others: what the
// server reads from it and what it writes into it. Everything else, unknown fields included,
// passes as it came.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "control/data.h"

namespace plenum::livekit_api {

/// nullopt = not to be forwarded: malformed, or not this sender's to send. The channel decides
/// `reliable`, not the packet.
std::optional<control::RoutedData> edit_data_packet(const control::Participant& sender,
                                                    bool reliable, Bytes message);

/// A reply of the server to a participant's call.
shard::SharedBytes encode_rpc_reply(const control::RpcReply& reply);

/// A message of the server itself on a topic; `to` = identities, empty for everybody.
control::RoutedData server_message(const std::string& topic, const std::string& payload,
                                   std::vector<std::string> to);

}  // namespace plenum::livekit_api
