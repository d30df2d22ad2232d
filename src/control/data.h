#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "control/rpc_calls.h"
#include "control/world.h"

namespace plenum::control {

/// What an adapter read from and wrote into one message of a participant.
struct RoutedData {
  /// As to be sent on: the sender's identity filled in.
  shard::SharedBytes bytes;
  /// Both empty = everybody but the sender.
  std::vector<std::string> destination_identities, destination_sids;
  /// Number of a reliable message within its sender's session; 0 = not numbered.
  std::uint32_t sequence = 0;
  /// Equal nonces mark a message sent twice; empty = none.
  std::string nonce;
  /// Only for those who may read metrics, the sender included.
  bool metrics = false;
  /// The message answers a call, perhaps one of the server's.
  std::optional<RpcReply> rpc_reply{};
  /// The message is a call.
  struct RpcCall {
    std::string request_id, method, payload;
  };
  std::optional<RpcCall> rpc_call{};
};

/// How the server answers calls to itself: those whose only destination is kServerIdentity.
struct ServerCalls {
  /// May change anything, the caller's end included. nullopt: DataRouter::answer() follows.
  std::function<std::optional<Result<std::string, RpcError>>(
      ParticipantId caller, const RoutedData::RpcCall& call, TimePoint now)>
      answer;
  /// A reply as its receiver shall get it.
  std::function<shard::SharedBytes(const RpcReply&)> encode;
};

/// Reads and edits a message; nullopt = drop it. The only thing here that knows the wire format.
using EditData = std::function<std::optional<RoutedData>(const Participant& sender, bool reliable,
                                                         Bytes message)>;

/// Messages between participants over their data channels (livekit-wire 5.1, 5.2): who gets each,
/// in the order of each sender, with a short memory for receivers whose channel is not open yet. A
/// resume needs none: what was given to a channel arrives, and a channel that fails ends the
/// session. (The list of what a client has, in its sync_state, is older than what is under way.)
class DataRouter {
 public:
  DataRouter(World& world, EditData edit) : world_(world), edit_(std::move(edit)), calls_(world) {}

  void answer_calls(ServerCalls calls) { server_calls_ = std::move(calls); }
  /// To a call that was not answered at once; nobody hears it when the caller has gone.
  void answer(ParticipantId caller, const std::string& request_id,
              Result<std::string, RpcError> result);

  void on_received(const shard::DataReceived& event, TimePoint now);
  void on_channel(const shard::DataChannelChanged& event, TimePoint now);
  /// From the server API: no sender, no sequence. Refusal::limit_exceeded when it is too large.
  Status<Refusal> send(Room& room, const RoutedData& data, bool reliable, TimePoint now);

  /// As send(), to one participant, which is to answer. `done` is called unless this is refused.
  Status<Refusal> call(const Participant& callee, RpcRequest request, TimePoint now);
  void participant_ended(const Participant& p) { calls_.participant_ended(p); }

  std::uint64_t dropped() const { return dropped_; }

 private:
  void serve(ParticipantId caller, const RoutedData::RpcCall& call, TimePoint now);
  void reply(ParticipantId caller, const RpcReply& reply);
  void deliver(Room& room, const Participant* sender, const RoutedData& data, bool reliable);
  void remember(DataState& sender, const RoutedData& data, TimePoint now) const;
  void expire(DataState& sender, TimePoint now) const;
  void send_missed(const Participant& receiver, DataState& sender, TimePoint now);
  void send_to(const Participant& receiver, const shard::SharedBytes& bytes);

  World& world_;
  EditData edit_;
  RpcCalls calls_;
  ServerCalls server_calls_;
  std::uint64_t dropped_ = 0;
};

}  // namespace plenum::control
