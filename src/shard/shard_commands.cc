#include <algorithm>

#include "shard/shard.h"

/// What the control thread asks of a shard. A command about something that is gone is not an
/// error: the event that says so may still be on its way up.
namespace plenum::shard {
namespace {

peer::NegotiationMode mode_of(PeerMode m) {
  switch (m) {
    case PeerMode::publisher:
      return peer::NegotiationMode::publisher;
    case PeerMode::subscriber:
      return peer::NegotiationMode::subscriber;
    case PeerMode::single:
      break;
  }
  return peer::NegotiationMode::single;
}

struct ChannelKind {
  const char* label;
  bool reliable;
};
// The order in which clients open them.
constexpr ChannelKind kChannels[] = {
    {"_lossy", false}, {"_reliable", true}, {"_data_track", false}};

}  // namespace

void Shard::run(AddPeer& c, TimePoint now) {
  if (c.mode == PeerMode::publisher) {
    const PeerId id = c.peer;
    silent_publishers_.emplace(id, std::move(c));
  } else {
    add_peer(std::move(c), now);
  }
}

PeerEntry* Shard::find_speaking(PeerId id, TimePoint now) {
  if (auto silent = silent_publishers_.extract(id)) add_peer(std::move(silent.mapped()), now);
  return peers_.find(id);
}

void Shard::add_peer(AddPeer c, TimePoint now) {
  peer::Peer::Config config{.mode = mode_of(c.mode),
                            .certificate = config_.certificate,
                            .candidates = candidates(c.tcp_only),
                            .announce_ice_lite = !c.hide_ice_lite};
  PeerEntry& entry = peers_.add(std::move(c), peer::Peer(std::move(config), now));
  if (entry.info.mode == PeerMode::subscriber) {
    for (const ChannelKind& k : kChannels) {
      sctp::ChannelConfig channel{.label = k.label,
                                  .protocol = {},
                                  .ordered = k.reliable,
                                  .max_retransmits = {},
                                  .max_lifetime_ms = {}};
      if (!k.reliable) channel.max_retransmits = 0;
      entry.peer.open_channel(channel, now);
    }
  }
  touch(entry);
}

void Shard::run(RemovePeer& c, TimePoint now) {
  silent_publishers_.erase(c.peer);
  PeerEntry* entry = peers_.find(c.peer);
  if (!entry) return;
  entry->peer.close(now);
  drain(*entry, now);
  for (const auto& [id, info] : entry->announced) remove_track(id, now);
  while (!entry->subscriptions.empty())
    remove_subscription(*entry, entry->subscriptions.begin()->first, now);
  timers_.disarm({TimerKey::Kind::peer, c.peer.value()});
  add_transport_counters(*entry, counters_);
  std::erase(touched_peers_, entry);
  peers_.remove(c.peer);
}

void Shard::run(AddPendingTrack& c, TimePoint now) {
  PeerEntry* entry = find_speaking(c.peer, now);
  if (!entry) return;
  const TrackInfo& info = c.info;
  peer::PendingTrack pending{.track = info.track,
                             .kind = info.kind,
                             .cid = info.cid,
                             .sdp_cid = {},
                             .preferred = info.preferred_codecs,
                             .red_disabled = info.red_disabled,
                             .stereo = info.stereo,
                             .dtx_disabled = info.dtx_disabled};
  entry->announced[info.track] = std::move(c.info);
  entry->peer.add_pending_track(std::move(pending));
  touch(*entry);
  drain(*entry, now);
}

void Shard::run(RemoveTrack& c, TimePoint now) {
  PeerEntry* entry = peers_.find(c.peer);
  if (!entry) return;
  entry->peer.remove_track(c.track);
  entry->announced.erase(c.track);
  remove_track(c.track, now);
  touch(*entry);
}

void Shard::run(RemoteOffer& c, TimePoint now) {
  PeerEntry* entry = find_speaking(c.peer, now);
  if (!entry) return;
  entry->peer.handle_offer(c.id, c.sdp, now);
  peers_.bind_ufrag(*entry);
  touch(*entry);
  drain(*entry, now);
}

void Shard::run(RemoteAnswer& c, TimePoint now) {
  PeerEntry* entry = peers_.find(c.peer);
  if (!entry) return;
  entry->peer.handle_answer(c.id, c.sdp, now);
  touch(*entry);
  drain(*entry, now);
}

void Shard::run(RestartIce& c, TimePoint now) {
  PeerEntry* entry = peers_.find(c.peer);
  if (!entry) return;
  entry->peer.restart_ice(candidates(c.tcp_only), now);
  peers_.bind_ufrag(*entry);
  touch(*entry);
  drain(*entry, now);
}

void Shard::run(Subscribe& c, TimePoint now) {
  PeerEntry* entry = peers_.find(c.peer);
  TrackEntry* track = find_track(c.track);
  if (!entry || !track) return;
  if (const auto it = entry->subscriptions.find(c.track); it != entry->subscriptions.end()) {
    it->second->set_target(c.target.enabled, c.target.max_spatial, c.target.max_temporal, now);
    return touch(*track);
  }
  auto subscription = std::make_unique<SubscriptionEntry>(*entry, c.peer, track->track);
  subscription->set_sendable(entry->peer.can_send(), now);
  subscription->set_target(c.target.enabled, c.target.max_spatial, c.target.max_temporal, now);
  const sfu::Track::Config& config = track->track.config();
  const std::string& stream_id = stream_name(*entry, *track);
  peer::SendTrack send{.track = c.track,
                       .kind = track->info.kind,
                       .codec = config.codec,
                       .fmtp = config.fmtp,
                       .stream_id = stream_id,
                       .track_id = config.track_sid,
                       .cname = stream_id,
                       .ssrc = Ssrc(entry->next_ssrc | 1),
                       .rtx_ssrc = Ssrc(entry->next_ssrc),
                       .red = config.red,
                       .stereo = track->info.stereo};
  entry->next_ssrc += 2;
  entry->by_ssrc[send.ssrc.value()] = subscription.get();
  entry->subscriptions[c.track] = std::move(subscription);
  entry->peer.add_send(std::move(send), now);
  touch(*entry);
  touch(*track);
}

void Shard::run(Unsubscribe& c, TimePoint now) {
  if (PeerEntry* entry = peers_.find(c.peer)) remove_subscription(*entry, c.track, now);
}

void Shard::run(SetLayerTarget& c, TimePoint now) {
  PeerEntry* entry = peers_.find(c.peer);
  if (!entry) return;
  const auto it = entry->subscriptions.find(c.track);
  if (it == entry->subscriptions.end()) return;
  it->second->set_target(c.target.enabled, c.target.max_spatial, c.target.max_temporal, now);
  if (TrackEntry* track = find_track(c.track)) touch(*track);
}

void Shard::run(SetTrackMuted& c, TimePoint now) {
  TrackEntry* entry = find_track(c.track);
  if (!entry) return;
  set_muted(*entry, c.muted, now);
  if (c.muted) speakers_.silence(c.track);
  sfu::RelayHeader header{
      .kind = sfu::RelayHeader::Kind::muted, .muted = c.muted, .track = c.track.value()};
  for (const ShardId to : entry->relays) relay(to, header, {});
  for (const TrackEntry::Tap& tap : entry->taps) write_tap(tap.id, header, {});
  touch(*entry);
}

void Shard::run(AddReplica& c, TimePoint) {
  if (find_track(c.info.track)) return;
  sfu::Track::Config config{.id = c.info.track,
                            .codec = c.codec,
                            .red = c.red,
                            .layers = c.info.layers,
                            .simulcast = c.simulcast,
                            .fmtp = std::move(c.fmtp),
                            .track_sid = c.info.track_sid};
  const TrackId id = c.info.track;
  auto entry = std::make_unique<TrackEntry>(std::move(c.info), std::move(config));
  entry->home = c.home;
  tracks_[id] = std::move(entry);
}

void Shard::run(RemoveReplica& c, TimePoint now) {
  const TrackEntry* entry = find_track(c.track);
  if (entry && !entry->publisher) remove_track(c.track, now);
}

void Shard::run(AddRelay& c, TimePoint) {
  TrackEntry* entry = find_track(c.track);
  if (!entry || c.to == config_.id || c.to.value() >= relays_.shards()) return;
  if (std::find(entry->relays.begin(), entry->relays.end(), c.to) != entry->relays.end()) return;
  entry->relays.push_back(c.to);
  introduce(*entry, [&](const sfu::RelayHeader& header) { relay(c.to, header, {}); });
}

template <class Write>
void Shard::introduce(const TrackEntry& entry, Write write) {
  const std::uint64_t track = entry.track.id().value();
  for (std::uint8_t layer = 0; layer < sfu::Track::kLayers; ++layer) {
    const sfu::ClockSync& clock = entry.track.clock(layer);
    if (!clock.valid) continue;
    write({.kind = sfu::RelayHeader::Kind::sender_report,
           .layer = layer,
           .track = track,
           .ntp = clock.ntp.value,
           .rtp_time = clock.rtp.value()});
  }
  if (entry.track.muted())
    write({.kind = sfu::RelayHeader::Kind::muted, .muted = true, .track = track});
}

void Shard::run(RemoveRelay& c, TimePoint) {
  if (TrackEntry* entry = find_track(c.track)) std::erase(entry->relays, c.to);
}

void Shard::run(OpenTap& c, TimePoint) { sink_.open_tap(c.tap, c.socket); }

void Shard::run(CloseTap& c, TimePoint) {
  for (auto& [id, entry] : tracks_)
    std::erase_if(entry->taps, [&](const TrackEntry::Tap& tap) { return tap.id == c.tap; });
  sink_.close_tap(c.tap);
}

void Shard::run(SetTapLayers& c, TimePoint now) {
  TrackEntry* entry = find_track(c.track);
  if (!entry || !entry->publisher) return;
  const auto found = std::ranges::find(entry->taps, c.tap, &TrackEntry::Tap::id);
  const std::uint8_t before = found == entry->taps.end() ? 0 : found->layers;
  if (found != entry->taps.end()) entry->taps.erase(found);
  if (c.layers == 0) return;
  entry->taps.push_back({c.tap, c.layers});
  if (before == 0)
    introduce(*entry, [&](const sfu::RelayHeader& header) { write_tap(c.tap, header, {}); });
  if (entry->track.kind() == MediaKind::audio) return;
  for (std::uint8_t layer = 0; layer < sfu::Track::kLayers; ++layer)
    if ((c.layers & ~before) >> layer & 1) entry->track.request_keyframe(layer, now);
  touch(*entry);
}

void Shard::run(AskKeyFrame& c, TimePoint now) {
  TrackEntry* entry = find_track(c.track);
  if (!entry || c.layer >= sfu::Track::kLayers) return;
  entry->track.request_keyframe(c.layer, now);
  touch(*entry);
}

/// What the peer's transports counted by themselves.
void Shard::add_transport_counters(PeerEntry& entry, Counters& to) {
  const peer::Transport::Counters& transport = entry.peer.transport_counters();
  const peer::Uplinks::Counters& uplinks = entry.peer.uplinks().counters();
  to.dropped_auth += transport.auth_failed;
  to.dropped_replay += transport.replayed;
  to.dropped_malformed += transport.malformed + uplinks.malformed;
  to.dropped_unknown_sender += transport.unvalidated;
  to.dropped_unknown_ssrc += uplinks.unknown_ssrc;
  to.dtls_failures += transport.dtls_failures;
  to.nacks_out += uplinks.nacks_sent;
}

void Shard::run(Scrape& c, TimePoint) {
  counters_.peers = peers_.size();
  counters_.tracks = tracks_.size();
  counters_.subscriptions = 0;
  for (auto& [id, t] : tracks_) counters_.subscriptions += t->track.subscriptions().size();
  Counters all = counters_;
  peers_.for_each([&](PeerEntry& e) { add_transport_counters(e, all); });
  emit_(ShardSnapshot{c.request, config_.id, all});
}

void Shard::stop(TimePoint now) {
  peers_.for_each([&](PeerEntry& e) {
    e.peer.close(now);
    touch(e);
  });
  stopping_ = true;
}

}  // namespace plenum::shard
