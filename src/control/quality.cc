#include "control/quality.h"

#include <algorithm>
#include <map>

namespace plenum::control {
namespace {

using codec::Codec;

/// Points of score lost per percent of packets lost. Video has retransmission but needs nearly
/// every packet; redundancy and in-band FEC make audio bear more (shape of livekit-wire 6.7).
float loss_weight(Codec codec, bool red) {
  if (codec::kind(codec) == MediaKind::video) return 10;
  return red ? 3 : 6;
}

}  // namespace

float stream_score(Codec codec, bool red, float loss, Duration jitter, Duration rtt) {
  using Milliseconds = std::chrono::duration<float, std::milli>;
  // One way: half the round trip, and a jitter buffer of twice the jitter (ITU-T G.107 Id).
  const float delay_ms = Milliseconds(rtt).count() / 2 + 2 * Milliseconds(jitter).count();
  const float delay_cost = delay_ms < 160 ? delay_ms / 40 : (delay_ms - 120) / 10;
  const float score = 100 - loss * 100 * loss_weight(codec, red) - delay_cost;
  return std::clamp(score, 0.0f, 100.0f);
}

ConnectionQuality quality_of(float score) {
  if (score > 80) return ConnectionQuality::excellent;
  if (score > 40) return ConnectionQuality::good;
  return ConnectionQuality::poor;
}

float mos_of(float score) { return 1 + 3.5f * std::clamp(score, 0.0f, 100.0f) / 100; }

void QualityReports::on_quality(const shard::Quality& event) {
  std::map<ParticipantId, float> scores;
  for (const shard::Quality::Peer& peer : event.peers) {
    const Participant* p = world_.by_peer(peer.peer);
    if (!p || p->state != ParticipantState::active) continue;
    // What the client receives is judged as video: it is the more sensitive and the more common.
    float score = stream_score(Codec::vp8, false, peer.downlink_loss, Duration{}, peer.rtt);
    for (const shard::Quality::Uplink& up : peer.uplinks) {
      const World::TrackRef ref = world_.track(up.track);
      if (!ref.track || ref.track->description.muted) continue;
      const TrackCodec& codec = ref.track->description.codecs.at(ref.encoding);
      score = std::min(score, stream_score(codec.codec, codec.red, up.loss, up.jitter, peer.rtt));
    }
    const auto [it, first] = scores.emplace(p->id, score);
    if (!first) it->second = std::min(it->second, score);
  }

  std::map<ParticipantId, QualityChanged> told;
  for (const auto& [id, score] : scores) {
    Participant* p = world_.participant(id);
    const ConnectionQuality quality = quality_of(score);
    const bool changed = p->quality_score == 0 || quality != p->quality;
    p->quality = quality;
    p->quality_score = mos_of(score);
    if (!changed) continue;
    const QualityChanged::Entry entry{p->sid, quality, p->quality_score};
    told[id].entries.push_back(entry);
    std::set<ParticipantId> subscribers;
    for (const auto& track : p->tracks)
      subscribers.insert(track->subscribers.begin(), track->subscribers.end());
    for (const ParticipantId s : subscribers) told[s].entries.push_back(entry);
  }
  for (auto& [id, change] : told)
    if (Participant* p = world_.participant(id)) p->emit(std::move(change));
}

}  // namespace plenum::control
