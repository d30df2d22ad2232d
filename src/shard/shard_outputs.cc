#include <algorithm>

#include "shard/shard.h"

/// What a peer says and what the shard makes of it.
namespace plenum::shard {

void Shard::drain(PeerEntry& entry, TimePoint now) {
  while (auto output = entry.peer.poll_output())
    std::visit([&](auto& o) { take(entry, o, now); }, *output);
}

void Shard::take(PeerEntry&, peer::Transmit& o, TimePoint) {
  const MutableBytes out = sink_.reserve(o.to, o.datagram.size());
  if (out.size() < o.datagram.size()) return;
  std::memcpy(out.data(), o.datagram.bytes().data(), o.datagram.size());
  sink_.commit(o.to, o.datagram.size());
  ++counters_.packets_out;
  counters_.bytes_out += o.datagram.size();
}

void Shard::take(PeerEntry& e, peer::PathValidated& o, TimePoint now) {
  peers_.bind_path(e, o.path, now);
  // Its TCP connection was closed, and here it is again.
  if (!e.sendable && e.peer.can_send()) set_sendable(e, true, now);
}

void Shard::set_sendable(PeerEntry& entry, bool sendable, TimePoint now) {
  entry.sendable = sendable;
  for (auto& [id, subscription] : entry.subscriptions) {
    subscription->set_sendable(sendable, now);
    if (TrackEntry* t = find_track(id)) touch(*t);
  }
}

void Shard::take(PeerEntry& e, peer::TransportConnected& o, TimePoint now) {
  set_sendable(e, true, now);
  emit_(PeerConnected{e.info.peer, o.path.transport});
}

void Shard::take(PeerEntry& e, peer::TransportDisconnected& o, TimePoint now) {
  set_sendable(e, false, now);
  emit_(PeerDisconnected{e.info.peer, o.closed});
}
void Shard::take(PeerEntry& e, peer::TransportReconnected&, TimePoint now) {
  set_sendable(e, true, now);
  emit_(PeerReconnected{e.info.peer});
}

void Shard::take(PeerEntry& e, peer::ChannelOpened& o, TimePoint) {
  DataChannel channel;
  if (o.label == "_reliable")
    channel = DataChannel::reliable;
  else if (o.label == "_lossy")
    channel = DataChannel::lossy;
  else if (o.label == "_data_track")
    channel = DataChannel::data_track;
  else
    return;  // not part of the protocol; what comes on it is dropped
  e.channels[static_cast<std::size_t>(channel)] = o.stream_id;
  emit_(DataChannelChanged{e.info.peer, channel, true});
}

void Shard::take(PeerEntry& e, peer::ChannelClosed& o, TimePoint) {
  const auto at = std::find(std::begin(e.channels), std::end(e.channels), o.stream_id);
  if (at == std::end(e.channels)) return;
  at->reset();
  emit_(DataChannelChanged{e.info.peer, static_cast<DataChannel>(at - std::begin(e.channels)),
                           false});
}

void Shard::take(PeerEntry& e, peer::RtpReceived& o, TimePoint now) {
  ++counters_.rtp_in;
  if (o.chosen_codec) {  // whoever gets it already is to get it anew
    const TrackEntry* before = find_track(o.track);
    const bool muted = before && before->track.muted();
    remove_track(o.track, now);
    bind_track(e, o.track, o.chosen_codec);
    if (TrackEntry* anew = find_track(o.track)) anew->track.set_muted(muted);
  }
  TrackEntry* entry = find_track(o.track);
  if (!entry) {
    ++counters_.dropped_unknown_ssrc;
    return;
  }
  const sfu::TrackPacket* packet =
      entry->track.handle_rtp(o.layer, o.red, std::move(o.packet), o.extensions, now);
  if (!packet) return;
  observe_speech(*entry, *packet);
  touch(*entry);
}

void Shard::take(PeerEntry&, peer::SenderReportReceived& o, TimePoint now) {
  TrackEntry* entry = find_track(o.track);
  if (!entry) return;
  entry->track.handle_sender_report(o.layer, o.ntp, o.rtp, now);
  const sfu::RelayHeader header{.kind = sfu::RelayHeader::Kind::sender_report,
                                .layer = o.layer,
                                .track = o.track.value(),
                                .ntp = o.ntp.value,
                                .rtp_time = o.rtp.value()};
  for (const ShardId to : entry->relays) relay(to, header, {});
  write_taps(*entry, header, {});
}

void Shard::take(PeerEntry&, peer::KeyframeNeeded& o, TimePoint now) {
  TrackEntry* entry = find_track(o.track);
  if (!entry) return;
  entry->track.request_keyframe(o.layer, now);
  touch(*entry);
}

void Shard::take(PeerEntry& e, peer::NackReceived& o, TimePoint now) {
  ++counters_.nacks_in;
  const auto it = e.by_ssrc.find(o.ssrc.value());
  if (it == e.by_ssrc.end() || it->second->wire().ssrc != o.ssrc) return;  // of media, not of RTX
  rtp::Outgoing packet;
  if (!it->second->retransmit(o.sequence, now, packet)) return;
  ++counters_.rtx_out;
  send(e, packet, now);
}

void Shard::take(PeerEntry& e, peer::KeyframeRequested& o, TimePoint now) {
  ++counters_.plis_in;
  const auto it = e.by_ssrc.find(o.ssrc.value());
  if (it == e.by_ssrc.end()) return;
  it->second->handle_keyframe_request(now);
  if (TrackEntry* t = find_track(it->second->track().id())) touch(*t);
}

void Shard::take(PeerEntry& e, peer::ReportReceived& o, TimePoint now) {
  const auto it = e.by_ssrc.find(o.block.ssrc.value());
  if (it == e.by_ssrc.end() || it->second->wire().ssrc != o.block.ssrc) return;
  const auto rtt = it->second->handle_receiver_report(
      {.fraction_lost = static_cast<float>(o.block.fraction_lost) / 256.0F,
       .cumulative_lost = o.block.cumulative_lost,
       .jitter =
           Duration(std::int64_t{o.block.jitter} * 1'000'000 / it->second->track().clock_rate()),
       .lsr = o.block.lsr,
       .dlsr = o.block.dlsr},
      now);
  if (!rtt) return;
  e.rtt = e.rtt == Duration{} ? *rtt : (e.rtt * 7 + *rtt) / 8;
  e.peer.uplinks().on_rtt(e.rtt);
}

void Shard::take(PeerEntry& e, peer::AnswerReady& o, TimePoint) {
  emit_(LocalAnswer{e.info.peer, o.id, std::move(o.answer.sdp), mid_map(o.answer.mid_to_track_id)});
}

void Shard::take(PeerEntry& e, peer::OfferReady& o, TimePoint) {
  emit_(LocalOffer{e.info.peer, o.id, std::move(o.sdp), mid_map(o.mid_to_track)});
}

void Shard::take(PeerEntry& e, peer::NegotiationFailed& o, TimePoint) {
  emit_(NegotiationFailed{e.info.peer, std::move(o.reason)});
}

void Shard::take(PeerEntry& e, peer::SectionsNeeded& o, TimePoint) {
  emit_(SectionsNeeded{e.info.peer, o.audio, o.video});
}

void Shard::take(PeerEntry& e, peer::UplinkBound& o, TimePoint) {
  bind_track(e, o.track, std::nullopt);
}

/// Without a codec: the first of our answer.
void Shard::bind_track(PeerEntry& e, TrackId track, std::optional<codec::Codec> chosen) {
  const auto info = e.announced.find(track);
  const peer::ReceiveSection* section = e.peer.receive_section(track);
  if (info == e.announced.end() || !section || section->codecs.empty()) return;
  auto codec = section->codecs.begin();
  if (chosen) codec = std::ranges::find(section->codecs, *chosen, &peer::NegotiatedCodec::codec);
  if (codec == section->codecs.end()) return;
  const bool red = section->red_preferred && codec->codec == codec::Codec::opus;
  const bool simulcast = section->rids.size() > 1;
  sfu::Track::Config config{.id = track,
                            .codec = codec->codec,
                            .red = red,
                            .layers = info->second.layers,
                            .simulcast = simulcast,
                            .fmtp = codec->fmtp,
                            .track_sid = info->second.track_sid};
  auto& slot = tracks_[track];
  if (!slot) {
    slot = std::make_unique<TrackEntry>(info->second, std::move(config));
    slot->publisher = e.info.peer;
    slot->home = config_.id;
  }
  emit_(TrackBound{e.info.peer, track, section->mid, section->sdp_cid, codec->codec, red,
                   codec->fmtp, simulcast});
}

void Shard::take(PeerEntry& e, peer::UplinkEnded& o, TimePoint now) {
  e.announced.erase(o.track);
  remove_track(o.track, now);
  emit_(TrackUnbound{e.info.peer, o.track});
}

void Shard::take(PeerEntry& e, peer::SendBound& o, TimePoint now) {
  const auto it = e.subscriptions.find(o.track);
  const peer::SendSection* section = e.peer.send_section(o.track);
  if (it == e.subscriptions.end() || !section) return;
  if (section->rtx_payload_type) e.by_ssrc[section->rtx_ssrc.value()] = it->second.get();
  it->second->bind({.ssrc = section->ssrc,
                    .payload_type = section->payload_type,
                    .rtx_ssrc = section->rtx_ssrc,
                    .rtx_payload_type = section->rtx_payload_type,
                    .red_payload_type = section->red_payload_type},
                   now);
  if (TrackEntry* t = find_track(o.track)) touch(*t);
  emit_(SubscriptionBound{e.info.peer, o.track});
}

void Shard::take(PeerEntry& e, peer::SendUnbound& o, TimePoint) {
  const auto it = e.subscriptions.find(o.track);
  if (it != e.subscriptions.end()) it->second->unbind();
}

void Shard::take(PeerEntry& e, peer::SendUnsupported& o, TimePoint) {
  const auto it = e.subscriptions.find(o.track);
  if (it != e.subscriptions.end()) it->second->unbind();
  emit_(SubscriptionUnsupported{e.info.peer, o.track});
}

}  // namespace plenum::shard
