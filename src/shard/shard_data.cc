#include <algorithm>

#include "shard/shard.h"

/// What participants send each other over data channels, up to control and down again.
namespace plenum::shard {
namespace {

/// What a peer may send. Each message visits the control thread, which serves all rooms: the rates
/// are far above games and file transfers, and far below what one fast link could pour in.
constexpr Rate kMessageRate{.per_second = 5'000, .burst = 20'000};
constexpr Rate kByteRate{.per_second = 8 << 20, .burst = 16 << 20};

/// Lossy data is worth nothing late: drop it rather than queue behind a slow link.
constexpr std::size_t kLossyBacklog = 64 * 1024;

/// Reliable data that waits for a receiver whose SCTP association is full (as much again). Enough
/// for a burst on a slower link; more would let each receiver of a fast sender take megabytes.
constexpr std::size_t kMaxWaitingBytes = 4 << 20;
/// A receiver that takes nothing for so long does not read, or is gone and will be noticed soon.
constexpr Duration kDrainPatience = 10s;

}  // namespace

void Shard::take(PeerEntry& e, peer::ChannelMessage& o, TimePoint now) {
  const auto* at = std::find(std::begin(e.channels), std::end(e.channels), o.stream_id);
  if (at == std::end(e.channels) || e.data.failed) return;
  const auto channel = static_cast<DataChannel>(at - std::begin(e.channels));
  if (e.data.sent_messages.take(kMessageRate, now) &&
      e.data.sent_bytes.take(kByteRate, now, static_cast<double>(o.bytes.size())))
    return emit_(DataReceived{e.info.peer, channel, std::move(o.bytes)});
  ++counters_.dropped_data_rate;
  // A hole in what is promised to be reliable is none of the others' making: the sender goes.
  if (channel == DataChannel::reliable) fail_data(e, "sends more data than allowed");
}

void Shard::run(SendData& c, TimePoint now) {
  for (const PeerId id : c.peers) {
    PeerEntry* entry = peers_.find(id);
    if (!entry) continue;
    const auto channel = entry->channels[static_cast<std::size_t>(c.channel)];
    if (!channel) continue;
    if (c.channel == DataChannel::reliable) {
      send_reliable(*entry, c.bytes, now);
    } else if (entry->peer.buffered_amount() <= kLossyBacklog) {
      entry->peer.send_message(*channel, *c.bytes, now);
    }
    touch(*entry);
  }
}

void Shard::send_reliable(PeerEntry& e, const SharedBytes& bytes, TimePoint now) {
  if (e.data.failed) return;
  if (e.data.waiting.empty()) {
    const auto channel = e.channels[static_cast<std::size_t>(DataChannel::reliable)];
    if (e.peer.send_message(*channel, *bytes, now) != peer::Transport::SendStatus::would_block)
      return;
    e.data.drained_at = now;
    timers_.arm({TimerKey::Kind::peer, e.info.peer.value()}, now + kDrainPatience);
  }
  e.data.waiting.push_back(bytes);
  e.data.waiting_bytes += bytes->size();
  // Rather a fresh session than a hole in what is promised to be reliable.
  if (e.data.waiting_bytes > kMaxWaitingBytes)
    fail_data(e, "the client reads its reliable data too slowly");
}

/// Whatever makes room for waiting data (an acknowledgement) touches the peer, and so comes here.
void Shard::retry_data(PeerEntry& e, TimePoint now) {
  if (e.data.waiting.empty()) return;
  const auto channel = e.channels[static_cast<std::size_t>(DataChannel::reliable)];
  if (!channel) return e.data.drop_waiting();
  while (!e.data.waiting.empty()) {
    const SharedBytes& next = e.data.waiting.front();
    if (e.peer.send_message(*channel, *next, now) == peer::Transport::SendStatus::would_block)
      break;
    e.data.waiting_bytes -= next->size();
    e.data.waiting.pop_front();
    e.data.drained_at = now;
  }
  if (e.data.waiting.empty()) return;
  const TimePoint patience_ends = e.data.drained_at + kDrainPatience;
  if (now >= patience_ends) return fail_data(e, "the client does not read its reliable data");
  timers_.arm({TimerKey::Kind::peer, e.info.peer.value()}, patience_ends);
}

/// Told once: control removes the peer, and until then nothing more passes.
void Shard::fail_data(PeerEntry& e, const char* reason) {
  e.data.failed = true;
  e.data.drop_waiting();
  emit_(NegotiationFailed{e.info.peer, reason});
}

}  // namespace plenum::shard
