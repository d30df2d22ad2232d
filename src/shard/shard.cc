#include "shard/shard.h"

#include <algorithm>

#include "base/overloaded.h"
#include "media/peer/demux.h"
#include "media/stun/message.h"

namespace plenum::shard {
namespace {}  // namespace

Shard::Shard(Config config, RelayMesh& relays, DatagramSink& sink, std::function<void(Event)> emit,
             std::function<void(ShardId)> wake)
    : config_(std::move(config)),
      relays_(relays),
      sink_(sink),
      emit_(std::move(emit)),
      wake_(std::move(wake)),
      wake_pending_(relays.shards()) {}

Shard::~Shard() {
  peers_.for_each([](PeerEntry& e) { e.subscriptions.clear(); });  // they know their tracks
}

void Shard::on_datagram(Buffer datagram, const Path& from, TimePoint now) {
  ++counters_.packets_in;
  counters_.bytes_in += datagram.size();
  PeerEntry* entry = peers_.find(from);
  if (!entry || peer::classify(datagram.bytes()) == peer::Protocol::stun) {
    // A check names its peer by user fragment; that also moves a path from an old peer to a new
    // one.
    if (const auto name = stun::find_username(datagram.bytes()))
      if (PeerEntry* named = peers_.find_ufrag(name->substr(0, name->find(':')))) entry = named;
  }
  if (!entry) {
    ++counters_.dropped_unknown_sender;
    return;
  }
  entry->peer.handle_datagram(std::move(datagram), from, now);
  touch(*entry);
  drain(*entry, now);
}

void Shard::on_path_closed(const Path& path, TimePoint now) {
  PeerEntry* entry = peers_.find(path);
  if (!entry) return;
  peers_.unbind_path(path);
  entry->peer.forget_path(path);
  if (entry->sendable && !entry->peer.can_send()) set_sendable(*entry, false, now);
}

void Shard::on_command(Command command, TimePoint now) {
  std::visit([&](auto& c) { run(c, now); }, command);
}

void Shard::end_turn(TimePoint now) {
  read_relays(now);
  timers_.expire(now, [&](TimerKey key) {
    if (key.kind == TimerKey::Kind::peer) {
      if (PeerEntry* e = peers_.find(PeerId(key.id))) on_peer_timer(*e, now);
    } else if (TrackEntry* t = find_track(TrackId(key.id))) {
      t->track.handle_timeout(now);
      touch(*t);
    }
  });
  do {
    // By index: forwarding a burst can touch more (a key frame request to another peer).
    for (std::size_t i = 0; i < touched_tracks_.size(); ++i) {
      TrackEntry& t = *touched_tracks_[i];
      t.touched = false;
      forward_burst(t, now);
      send_keyframe_requests(t, now);
      timers_.arm({TimerKey::Kind::track, t.track.id().value()}, t.track.next_timeout());
    }
    touched_tracks_.clear();
    for (std::size_t i = 0; i < touched_peers_.size(); ++i) {
      PeerEntry& e = *touched_peers_[i];
      e.touched = false;
      retry_data(e, now);
      drain(e, now);
      timers_.arm({TimerKey::Kind::peer, e.info.peer.value()}, e.peer.next_timeout());
    }
    touched_peers_.clear();
  } while (!touched_tracks_.empty());
  for (std::size_t i = 0; i < wake_pending_.size(); ++i) {
    if (!wake_pending_[i]) continue;
    wake_pending_[i] = false;
    wake_(ShardId(static_cast<std::uint32_t>(i)));
  }
  if (now >= speakers_.next_timeout()) {
    Speakers event;
    for (const auto& c : speakers_.poll(now)) event.changed.push_back({c.track, c.level, c.active});
    if (!event.changed.empty()) emit_(std::move(event));
  }
  if (next_quality_ == kNever && peers_.size() > 0) next_quality_ = now + kQualityInterval;
  if (now >= next_quality_) report_quality(now);
}

TimePoint Shard::next_timeout() const {
  return std::min({timers_.next(), speakers_.next_timeout(), next_quality_});
}

void Shard::touch(PeerEntry& entry) {
  if (entry.touched) return;
  entry.touched = true;
  touched_peers_.push_back(&entry);
}

void Shard::touch(TrackEntry& entry) {
  if (entry.touched) return;
  entry.touched = true;
  touched_tracks_.push_back(&entry);
}

void Shard::on_peer_timer(PeerEntry& entry, TimePoint now) {
  entry.peer.handle_timeout(now);
  send_sender_reports(entry, now);
  touch(entry);
}

void Shard::send_sender_reports(PeerEntry& entry, TimePoint now) {
  TimePoint next = kNever;
  for (auto& [id, subscription] : entry.subscriptions) {
    if (const auto r = subscription->poll_sender_report(now))
      entry.peer.send_sender_report(r->ssrc, r->ntp, r->rtp, r->packets, r->octets,
                                    stream_name(entry, *find_track(id)), now);
    next = std::min(next, subscription->next_sender_report());
  }
  timers_.arm({TimerKey::Kind::peer, entry.info.peer.value()}, next);
}

const std::string& Shard::stream_name(const PeerEntry& entry, const TrackEntry& track) {
  const bool in_sync = entry.info.sync_streams && !track.info.sync_stream_id.empty();
  return in_sync ? track.info.sync_stream_id : track.info.stream_id;
}

void Shard::report_quality(TimePoint now) {
  next_quality_ = peers_.size() > 0 ? now + kQualityInterval : kNever;
  const auto rate = [](std::uint64_t bytes) {
    return bytes * 8 * 1'000'000 / static_cast<std::uint64_t>(kQualityInterval.count());
  };
  Quality quality;
  peers_.for_each([&](PeerEntry& e) {
    Quality::Peer p{.peer = e.info.peer, .rtt = e.rtt, .uplinks = {}};
    for (auto& [id, s] : e.subscriptions) {
      const sfu::Subscription::Delivery delivery = s->take_delivery();
      Quality::Downlink& down = s->track().kind() == MediaKind::audio ? p.audio : p.video;
      down.loss = std::max(down.loss, s->fraction_lost());
      down.jitter = std::max(down.jitter, delivery.jitter);
      down.bitrate_bps += rate(delivery.octets);
      down.lost += delivery.lost;
    }
    for (const auto& t : e.peer.uplinks().take_stats())
      p.uplinks.push_back({.track = t.track,
                           .loss = t.loss,
                           .jitter = t.jitter,
                           .bitrate_bps = rate(t.bytes),
                           .active_layers = t.layers,
                           .lost = t.lost});
    quality.peers.push_back(std::move(p));
  });
  if (!quality.peers.empty()) emit_(std::move(quality));
}

Shard::TrackEntry* Shard::find_track(TrackId id) {
  const auto it = tracks_.find(id);
  return it == tracks_.end() ? nullptr : it->second.get();
}

void Shard::remove_track(TrackId id, TimePoint now) {
  TrackEntry* entry = find_track(id);
  if (!entry) return;
  while (!entry->track.subscriptions().empty()) {
    PeerEntry* peer = peers_.find(entry->track.subscriptions().back()->peer());
    remove_subscription(*peer, id, now);
  }
  speakers_.silence(id);
  timers_.disarm({TimerKey::Kind::track, id.value()});
  std::erase(touched_tracks_, entry);
  tracks_.erase(id);
}

void Shard::remove_subscription(PeerEntry& entry, TrackId track, TimePoint now) {
  const auto it = entry.subscriptions.find(track);
  if (it == entry.subscriptions.end()) return;
  std::erase_if(entry.by_ssrc, [&](const auto& p) { return p.second == it->second.get(); });
  entry.subscriptions.erase(it);
  entry.peer.remove_send(track, now);
  touch(entry);
}

MidMap Shard::mid_map(const std::vector<std::pair<std::string, TrackId>>& from) {
  MidMap map;
  for (const auto& [mid, track] : from)
    if (const TrackEntry* t = find_track(track)) map.emplace_back(mid, t->info.track_sid);
  return map;
}

std::vector<std::string> Shard::candidates(bool tcp_only) const {
  std::vector<std::string> all;
  if (!tcp_only) all = config_.udp_candidates;
  all.insert(all.end(), config_.tcp_candidates.begin(), config_.tcp_candidates.end());
  return all;
}

}  // namespace plenum::shard
