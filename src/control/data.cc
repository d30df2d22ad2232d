#include "control/data.h"

#include <algorithm>
#include <map>

namespace plenum::control {
namespace {

/// Nonces remembered per sender (livekit-wire 5.1 rule 5).
constexpr std::size_t kMaxNonces = 100;
/// What our SDP promises to take (a=max-message-size); larger would close the receiver's channel.
constexpr std::size_t kMaxMessageBytes = 262'144;

template <class Message>
bool addressed_to(const Message& m, const Participant& p) {
  const auto& identities = m.destination_identities;
  const auto& sids = m.destination_sids;
  if (identities.empty() && sids.empty()) return true;
  return std::find(identities.begin(), identities.end(), p.identity) != identities.end() ||
         std::find(sids.begin(), sids.end(), p.sid) != sids.end();
}

}  // namespace

void DataRouter::on_received(const shard::DataReceived& event, TimePoint now) {
  Participant* sender = world_.by_peer(event.peer);
  if (!sender) return;
  const bool reliable = event.channel == shard::DataChannel::reliable;
  if (event.channel == shard::DataChannel::data_track || !sender->permissions.can_publish_data ||
      event.bytes.size() > kMaxMessageBytes) {
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
  if (!data->nonce.empty()) {
    if (std::find(state.nonces.begin(), state.nonces.end(), data->nonce) != state.nonces.end())
      return;
    state.nonces.push_back(data->nonce);
    if (state.nonces.size() > kMaxNonces) state.nonces.pop_front();
  }
  if (reliable && !data->metrics) remember(*sender, *data, now);
  deliver(*sender->room, sender, *data, reliable);
}

void DataRouter::deliver(Room& room, const Participant* sender, const RoutedData& data,
                         bool reliable) {
  std::map<ShardId, std::vector<PeerId>> peers;
  for (const auto& [id, p] : room.participants) {
    if (data.metrics ? !p->permissions.can_subscribe_metrics : p.get() == sender) continue;
    if (!addressed_to(data, *p)) continue;
    // A receiver whose reliable channel is not open yet gets it from the memory in on_open.
    if (reliable ? p->data.reliable_open : p->data.lossy_open)
      peers[p->shard].push_back(p->transports.primary);
  }
  const auto channel = reliable ? shard::DataChannel::reliable : shard::DataChannel::lossy;
  for (auto& [to, list] : peers)
    world_.shards.post(to, shard::SendData{std::move(list), channel, data.bytes});
}

void DataRouter::remember(Participant& sender, const RoutedData& data, TimePoint now) {
  DataState& state = sender.data;
  state.sent.push_back(
      {now, data.sequence, data.bytes, data.destination_identities, data.destination_sids});
  state.sent_bytes += data.bytes->size();
  expire(sender, now);
}

void DataRouter::expire(Participant& sender, TimePoint now) const {
  DataState& state = sender.data;
  while (!state.sent.empty() && (state.sent.front().sent + world_.config.replay_age < now ||
                                 state.sent_bytes > world_.config.replay_bytes)) {
    state.sent_bytes -= state.sent.front().bytes->size();
    state.sent.pop_front();
  }
}

void DataRouter::send_to(const Participant& receiver, const shard::SharedBytes& bytes) {
  world_.shards.post(
      receiver.shard,
      shard::SendData{{receiver.transports.primary}, shard::DataChannel::reliable, bytes});
}

void DataRouter::on_open(const shard::DataChannelOpen& event, TimePoint now) {
  Participant* receiver = world_.by_peer(event.peer);
  if (!receiver || event.peer != receiver->transports.primary) return;
  if (event.channel == shard::DataChannel::lossy) receiver->data.lossy_open = true;
  if (event.channel != shard::DataChannel::reliable || receiver->data.reliable_open) return;
  receiver->data.reliable_open = true;
  for (const auto& [id, sender] : receiver->room->participants) {
    if (sender.get() == receiver) continue;
    expire(*sender, now);
    for (const ReliableMessage& m : sender->data.sent)
      if (m.sent >= receiver->joined_at && addressed_to(m, *receiver)) send_to(*receiver, m.bytes);
  }
}

void DataRouter::replay(Participant& receiver,
                        const std::vector<std::pair<std::string, std::uint32_t>>& last_received,
                        TimePoint now) {
  if (!receiver.data.reliable_open) return;
  for (const auto& [id, sender] : receiver.room->participants) {
    if (sender.get() == &receiver) continue;
    const auto known = std::find_if(last_received.begin(), last_received.end(),
                                    [&sid = sender->sid](const auto& l) { return l.first == sid; });
    if (known == last_received.end()) continue;
    expire(*sender, now);
    for (const ReliableMessage& m : sender->data.sent)
      if (m.sequence > known->second && addressed_to(m, receiver)) send_to(receiver, m.bytes);
  }
}

void DataRouter::send(Room& room, RoutedData data, bool reliable) {
  if (data.bytes && data.bytes->size() <= kMaxMessageBytes) deliver(room, nullptr, data, reliable);
}

}  // namespace plenum::control
