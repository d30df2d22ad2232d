#include "control/data.h"

#include <algorithm>
#include <map>
#include <utility>

namespace plenum::control {
namespace {

/// Nonces remembered per sender (livekit-wire 5.1 rule 5).
constexpr std::size_t kMaxNonces = 100;
/// What our SDP promises to take (a=max-message-size); larger would close the receiver's channel.
constexpr std::size_t kMaxMessageBytes = 262'144;
/// A call has at most 15 KiB of payload (livekit-wire 5.3).
constexpr std::size_t kMaxCallBytes = 32'768;
/// What clients agree to take in one message is 64 000 bytes.
constexpr std::size_t kMaxAnswerBytes = 60'000;
/// Calls of one participant to the server.
constexpr Rate kCallRate{.per_second = 10, .burst = 50};

template <class Message>
bool is_to_all(const Message& m) {
  return m.destination_identities.empty() && m.destination_sids.empty();
}

template <class Message>
bool addressed_to(const Message& m, const Participant& p) {
  if (is_to_all(m)) return true;
  const auto& identities = m.destination_identities;
  const auto& sids = m.destination_sids;
  return std::find(identities.begin(), identities.end(), p.identity) != identities.end() ||
         std::find(sids.begin(), sids.end(), p.sid) != sids.end();
}

bool is_to_server(const RoutedData& data) {
  return data.destination_sids.empty() && data.destination_identities.size() == 1 &&
         data.destination_identities.front() == kServerIdentity;
}

/// Tells whether the sender used that nonce before, and notes it.
bool is_repeated(DataState& sender, const std::string& nonce) {
  if (nonce.empty()) return false;
  std::deque<std::string>& known = sender.nonces;
  if (std::find(known.begin(), known.end(), nonce) != known.end()) return true;
  known.push_back(nonce);
  if (known.size() > kMaxNonces) known.pop_front();
  return false;
}

}  // namespace

void DataRouter::on_received(const shard::DataReceived& event, TimePoint now) {
  Participant* sender = world_.by_peer(event.peer);
  if (!sender) return;
  const bool reliable = event.channel == shard::DataChannel::reliable;
  const bool may_publish = sender->permissions.can_publish_data && !sender->waiting;
  // Everybody may call the server and answer its calls; that takes no large messages.
  const std::size_t most = may_publish ? kMaxMessageBytes : kMaxCallBytes;
  if (event.channel == shard::DataChannel::data_track || event.bytes.size() > most) {
    ++dropped_;
    return;
  }
  const auto data = edit_(*sender, reliable, event.bytes);
  if (!data || !data->bytes || data->bytes->size() > kMaxMessageBytes) {
    ++dropped_;
    return;
  }
  DataState& state = sender->data;
  if (reliable && data->sequence != 0) {
    if (data->sequence <= state.last_sequence) return;  // sent again after a resume
    state.last_sequence = data->sequence;
  }
  if (data->rpc_reply && calls_.on_reply(*sender, *data->rpc_reply)) return;
  if (is_to_server(*data)) {
    if (data->rpc_call) serve(sender->id, *data->rpc_call, now);
    return;
  }
  if (!may_publish) {
    ++dropped_;
    return;
  }
  if (is_repeated(state, data->nonce)) return;
  if (reliable && !data->metrics) remember(state, *data, now);
  deliver(*sender->room, sender, *data, reliable);
}

void DataRouter::serve(ParticipantId caller, const RoutedData::RpcCall& call, TimePoint now) {
  if (!server_calls_.answer) return;
  reply(caller, {.request_id = call.request_id, .acknowledged_only = true});
  Participant& p = *world_.participant(caller);
  p.calls_server = true;
  if (!p.requests.take(kCallRate, now))
    return reply(caller, {.request_id = call.request_id,
                          .error = RpcError{RpcError::kApplicationError, "Too many requests", ""}});
  auto result = server_calls_.answer(caller, call, now);
  if (result) answer(caller, call.request_id, std::move(*result));
}

void DataRouter::answer(ParticipantId caller, const std::string& request_id,
                        Result<std::string, RpcError> result) {
  if (result && result->size() > kMaxAnswerBytes)
    result = Err{RpcError{RpcError::kResponseTooLarge, "Response payload too large", ""}};
  if (result) return reply(caller, {.request_id = request_id, .payload = std::move(*result)});
  reply(caller, {.request_id = request_id, .error = result.error()});
}

void DataRouter::reply(ParticipantId caller, const RpcReply& reply) {
  if (const Participant* p = world_.participant(caller)) send_to(*p, server_calls_.encode(reply));
}

void DataRouter::deliver(Room& room, const Participant* sender, const RoutedData& data,
                         bool reliable) {
  std::map<ShardId, std::vector<PeerId>> peers;
  for (const auto& [id, p] : room.participants) {
    if (data.metrics ? !p->permissions.can_subscribe_metrics : p.get() == sender) continue;
    if (!addressed_to(data, *p) || (p->waiting && (sender || is_to_all(data)))) continue;
    // A receiver whose reliable channel is not open yet gets it from the memory in on_channel.
    if (reliable ? p->data.reliable_open : p->data.lossy_open)
      peers[p->shard].push_back(p->transports.primary);
  }
  const auto channel = reliable ? shard::DataChannel::reliable : shard::DataChannel::lossy;
  for (auto& [to, list] : peers)
    world_.shards.post(to, shard::SendData{std::move(list), channel, data.bytes});
}

void DataRouter::remember(DataState& sender, const RoutedData& data, TimePoint now) const {
  sender.sent.push_back(
      {now, data.sequence, data.bytes, data.destination_identities, data.destination_sids});
  sender.sent_bytes += data.bytes->size();
  expire(sender, now);
}

void DataRouter::expire(DataState& sender, TimePoint now) const {
  while (!sender.sent.empty() && (sender.sent.front().sent + world_.config.replay_age < now ||
                                  sender.sent_bytes > world_.config.replay_bytes)) {
    sender.sent_bytes -= sender.sent.front().bytes->size();
    sender.sent.pop_front();
  }
}

void DataRouter::send_to(const Participant& receiver, const shard::SharedBytes& bytes) {
  world_.shards.post(
      receiver.shard,
      shard::SendData{{receiver.transports.primary}, shard::DataChannel::reliable, bytes});
}

void DataRouter::on_channel(const shard::DataChannelChanged& event, TimePoint now) {
  Participant* receiver = world_.by_peer(event.peer);
  if (!receiver || event.peer != receiver->transports.primary) return;
  if (event.channel == shard::DataChannel::lossy) receiver->data.lossy_open = event.open;
  if (!event.open) {
    if (event.channel != shard::DataChannel::reliable) return;
    receiver->data.reliable_open = false;
    receiver->data.closed_at = now;
    return;
  }
  if (event.channel != shard::DataChannel::reliable || receiver->data.reliable_open) return;
  receiver->data.reliable_open = true;
  for (const auto& [id, sender] : receiver->room->participants)
    if (sender.get() != receiver && !receiver->waiting) send_missed(*receiver, sender->data, now);
  send_missed(*receiver, receiver->room->api_data, now);
}

void DataRouter::send_missed(const Participant& receiver, DataState& sender, TimePoint now) {
  expire(sender, now);
  const TimePoint since = std::max(receiver.joined_at, receiver.data.closed_at);
  for (const ReliableMessage& m : sender.sent)
    if (m.sent >= since && addressed_to(m, receiver) && !(receiver.waiting && is_to_all(m)))
      send_to(receiver, m.bytes);
}

Status<Refusal> DataRouter::send(Room& room, const RoutedData& data, bool reliable, TimePoint now) {
  if (!data.bytes || data.bytes->size() > kMaxMessageBytes) return Err{Refusal::limit_exceeded};
  if (is_repeated(room.api_data, data.nonce)) return Ok{};
  if (reliable) remember(room.api_data, data, now);
  deliver(room, nullptr, data, reliable);
  return Ok{};
}

Status<Refusal> DataRouter::call(const Participant& callee, RpcRequest request, TimePoint now) {
  RoutedData data;
  data.bytes = std::move(request.message);
  data.destination_sids = {callee.sid};
  if (!data.bytes || data.bytes->size() > kMaxMessageBytes) return Err{Refusal::limit_exceeded};
  if (const auto started = calls_.start(callee, std::move(request), now); !started) return started;
  return send(*callee.room, data, true, now);
}

}  // namespace plenum::control
