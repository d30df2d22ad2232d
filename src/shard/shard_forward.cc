#include <array>
#include <cstring>

#include "media/codec/opus.h"
#include "media/rtp/red.h"
#include "shard/shard.h"

/// The way of a packet: from a track's burst to its subscribers and to other shards.
namespace plenum::shard {

namespace {

/// All subscriptions of a shard's tracks are entries.
PeerEntry& receiver(const sfu::Subscription& s) {
  return static_cast<const SubscriptionEntry&>(s).to;
}

/// The subscribers of a large room do not fit the near caches, and what a packet needs of each
/// hangs together by pointers. So each is fetched some places before its turn, a link of the chain
/// at a time, so far apart that one has arrived when the next is asked for.
void prefetch_from(std::span<sfu::Subscription* const> next) {
  using Link = peer::Peer::Link;
  constexpr std::size_t kSubscription = 8, kPeer = 6, kStreams = 4, kKeys = 2;
  if (next.size() > kSubscription) {
    next[kSubscription]->prefetch();
    __builtin_prefetch(&static_cast<const SubscriptionEntry*>(next[kSubscription])->to);
  }
  if (next.size() > kPeer) receiver(*next[kPeer]).peer.prefetch(Link::peer);
  if (next.size() > kStreams) receiver(*next[kStreams]).peer.prefetch(Link::streams);
  if (next.size() > kKeys) receiver(*next[kKeys]).peer.prefetch(Link::keys);
}

}  // namespace

void Shard::forward_burst(TrackEntry& entry, TimePoint now) {
  const std::span<const sfu::TrackPacket> burst = entry.track.burst();
  if (burst.empty()) return;
  const std::span<sfu::Subscription* const> all = entry.track.subscriptions();
  for (std::size_t i = 0; i < all.size(); ++i) {
    prefetch_from(all.subspan(i));
    forward_to(receiver(*all[i]), *all[i], burst, now);
  }
  if (!entry.relays.empty() || !entry.taps.empty()) relay_burst(entry, now);
  entry.track.end_burst();
}

/// All packets of a turn to one subscriber, one after the other: equal sizes leave as one message
/// to the kernel (UDP_SEGMENT), which is what makes fan-out cheap.
void Shard::forward_to(PeerEntry& to, sfu::Subscription& subscription,
                       std::span<const sfu::TrackPacket> burst, TimePoint now) {
  rtp::Outgoing packet;
  for (const sfu::TrackPacket& p : burst)
    if (subscription.forward(p, now, packet)) send(to, packet, now);
  if (subscription.next_sender_report() <= now) touch(to), send_sender_reports(to, now);
}

void Shard::send(PeerEntry& to, const rtp::Outgoing& packet, TimePoint now) {
  const std::optional<Path>& path = to.peer.path();
  if (!path) return;
  const MutableBytes out =
      sink_.reserve(*path, peer::Peer::kMaxOverhead + packet.prefix_size + packet.payload.size());
  if (out.empty()) {
    ++counters_.send_errors;
    return;
  }
  const std::size_t size = to.peer.write_rtp(packet, out, now);
  sink_.commit(*path, size);
  if (size == 0) return;
  ++counters_.rtp_out;
  ++counters_.packets_out;
  counters_.bytes_out += size;
}

void Shard::relay_burst(TrackEntry& entry, TimePoint now) {
  std::array<std::byte, Buffer::kCapacity> bytes;
  for (const sfu::TrackPacket& p : entry.track.burst()) {
    const std::size_t size = sfu::write_relay_packet(p, bytes);
    if (size == 0) continue;
    const sfu::RelayHeader header{.kind = sfu::RelayHeader::Kind::rtp,
                                  .layer = p.layer,
                                  .red = p.is_red,
                                  .muted = entry.track.muted(),
                                  .track = entry.track.id().value(),
                                  .seq = p.packet->seq.value()};
    bool lost = false;
    for (const ShardId to : entry.relays) lost |= !relay(to, header, Bytes(bytes).first(size));
    write_taps(entry, header, Bytes(bytes).first(size));
    // Nothing repairs a relay, and viewers beyond it cannot decode on.
    if (lost && !p.is_empty()) entry.track.request_keyframe(p.layer, now);
  }
}

void Shard::write_taps(const TrackEntry& entry, const sfu::RelayHeader& header, Bytes body) {
  for (const TrackEntry::Tap& tap : entry.taps)
    if (tap.layers >> header.layer & 1) write_tap(tap.id, header, body);
}

void Shard::write_tap(TapId to, const sfu::RelayHeader& header, Bytes body) {
  // It repairs what it misses by asking for key frames.
  if (!sink_.write_tap(to, std::as_bytes(std::span(&header, 1)), body))
    ++counters_.dropped_tap_full;
}

bool Shard::relay(ShardId to, const sfu::RelayHeader& header, Bytes body) {
  // A full ring means that the other shard stalls: media would come too late anyway.
  if (!relays_.ring(config_.id.value(), to.value())
           .push(std::as_bytes(std::span(&header, 1)), body)) {
    ++counters_.dropped_relay_full;
    return false;
  }
  wake_pending_[to.value()] = true;
  return true;
}

void Shard::read_relays(TimePoint now) {
  for (std::size_t from = 0; from < relays_.shards(); ++from) {
    if (from == config_.id.value()) continue;
    SpscByteRing& ring = relays_.ring(from, config_.id.value());
    for (Bytes record = ring.front(); record.data(); record = ring.front()) {
      sfu::RelayHeader header;
      std::memcpy(&header, record.data(), sizeof header);
      on_relay(header, record.subspan(sizeof header), now);
      ring.pop();
    }
  }
}

void Shard::on_relay(const sfu::RelayHeader& header, Bytes body, TimePoint now) {
  TrackEntry* entry = find_track(TrackId(header.track));
  if (!entry) return;  // the last subscriber here has just left
  switch (header.kind) {
    case sfu::RelayHeader::Kind::rtp: {
      // Repeats what a `muted` record said that a full ring may have swallowed.
      if (header.muted != entry->track.muted()) set_muted(*entry, header.muted, now);
      rtp::Packet packet;
      packet.buffer = Buffer::compact_copy_of(body);
      packet.size = body.size();
      const auto parsed = rtp::parse_header(packet.buffer.bytes());
      if (!parsed) return;
      packet.header = *parsed;
      packet.seq = ExtSeq(header.seq);
      const auto extensions =
          rtp::parse_extensions(packet.buffer.bytes(), packet.header, sfu::relay_extensions());
      entry->track.handle_rtp(header.layer, header.red, std::move(packet), extensions, now);
      break;
    }
    case sfu::RelayHeader::Kind::sender_report:
      entry->track.handle_sender_report(header.layer, NtpTime{header.ntp}, RtpTime(header.rtp_time),
                                        now);
      break;
    case sfu::RelayHeader::Kind::keyframe_request:
      entry->track.request_keyframe(header.layer, now);
      break;
    case sfu::RelayHeader::Kind::muted:
      set_muted(*entry, header.muted, now);
      break;
  }
  touch(*entry);
}

void Shard::set_muted(TrackEntry& entry, bool muted, TimePoint now) {
  entry.track.set_muted(muted);
  for (sfu::Subscription* s : entry.track.subscriptions()) s->request_missing_keyframe(now);
}

void Shard::observe_speech(TrackEntry& entry, const sfu::TrackPacket& packet) {
  if (!entry.info.is_voice || entry.track.muted() || !packet.extensions.audio_level) return;
  constexpr Duration kUsual = 20ms;
  Duration lasts = kUsual;
  if (!packet.is_red && !entry.info.encrypted)
    lasts = codec::opus_duration(packet.packet->payload()).value_or(kUsual);
  speakers_.observe(entry.track.id(), packet.extensions.audio_level->level_dbov, lasts);
}

void Shard::send_keyframe_requests(TrackEntry& entry, TimePoint now) {
  while (const auto layer = entry.track.poll_keyframe_request(now)) {
    if (!entry.publisher) {
      relay(entry.home,
            {.kind = sfu::RelayHeader::Kind::keyframe_request,
             .layer = *layer,
             .track = entry.track.id().value()},
            {});
      continue;
    }
    PeerEntry* publisher = peers_.find(*entry.publisher);
    if (!publisher || !publisher->peer.request_keyframe(entry.track.id(), *layer, now)) continue;
    ++counters_.plis_out;
    touch(*publisher);
  }
}

}  // namespace plenum::shard
