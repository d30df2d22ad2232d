#include "control/quality.h"

#include <algorithm>
#include <map>

namespace plenum::control {
namespace {

using codec::Codec;

/// How long a time is told of at once.
constexpr Duration kMeasured = 30s;
constexpr float kPerfect = 100;

/// The smaller side of the picture that the participant is sent; 0 when none.
std::uint32_t side_of(const Subscription& s) {
  if (s.quality >= VideoQuality::off) return 0;
  const TrackDescription& track = s.track->description;
  for (const VideoLayer& layer : track.codecs.at(s.encoding).layers)
    if (layer.quality == s.quality && layer.height > 0) return std::min(layer.width, layer.height);
  return std::min(track.width, track.height);
}

Measurement::Sample received(const shard::Quality::Downlink& down) {
  return {.receive_lost = down.lost, .receive_bps = down.bitrate_bps, .jitter = down.jitter};
}

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
  Scores scores;
  for (const shard::Quality::Peer& peer : event.peers) {
    Participant* p = world_.by_peer(peer.peer);
    if (!p || p->state != ParticipantState::active) continue;
    const auto [it, first] = scores.emplace(p->id, kPerfect);
    if (first) begin_interval(*p);
    it->second = std::min(it->second, take_peer(*p, peer));
  }
  tell(scores);
  for (const auto& [id, score] : scores)
    if (Participant* p = world_.participant(id); p->measurement.length() >= kMeasured)
      world_.report(*p, *p->measurement.take());
}

void QualityReports::begin_interval(Participant& p) {
  p.measurement.begin_interval();
  for (const auto& [sid, s] : p.subscriptions)
    if (s.bound && s.track->description.kind == MediaKind::video && !s.track->description.muted)
      if (const std::uint32_t side = side_of(s)) p.measurement.add_watched(side);
}

/// How well the worst stream does.
float QualityReports::take_peer(Participant& p, const shard::Quality::Peer& peer) {
  if (peer.peer == p.transports.subscriber) p.reported = {peer.rtt, peer.audio, peer.video};
  if (peer.rtt > Duration{}) p.reported.rtt = peer.rtt;
  Measurement::Sample audio = received(peer.audio), video = received(peer.video);
  // What the client receives is judged as video: it is the more sensitive and the more common.
  const float loss = std::max(peer.audio.loss, peer.video.loss);
  float worst = stream_score(Codec::vp8, false, loss, Duration{}, peer.rtt);
  float audio_score =
      stream_score(Codec::opus, false, peer.audio.loss, peer.audio.jitter, peer.rtt);
  float video_score = stream_score(Codec::vp8, false, peer.video.loss, peer.video.jitter, peer.rtt);
  for (const shard::Quality::Uplink& up : peer.uplinks) {
    const World::TrackRef ref = world_.track(up.track);
    if (!ref.track) continue;
    ref.track->encodings.at(ref.encoding).reported = up;
    const TrackCodec& codec = ref.track->description.codecs.at(ref.encoding);
    const bool is_audio = codec::kind(codec.codec) == MediaKind::audio;
    Measurement::Sample& sample = is_audio ? audio : video;
    sample.send_lost += up.lost;
    sample.send_bps += up.bitrate_bps;
    sample.jitter = std::max(sample.jitter, up.jitter);
    if (ref.track->description.muted) continue;
    const float score = stream_score(codec.codec, codec.red, up.loss, up.jitter, peer.rtt);
    float& of_kind = is_audio ? audio_score : video_score;
    of_kind = std::min(of_kind, score);
    worst = std::min(worst, score);
  }
  audio.mos = mos_of(audio_score);
  video.mos = mos_of(video_score);
  p.measurement.add(MediaKind::audio, audio);
  p.measurement.add(MediaKind::video, video);
  if (peer.rtt > Duration{}) p.measurement.add_rtt(peer.rtt);
  return worst;
}

/// To the participant, and to those who see or hear it, when the quality changed.
void QualityReports::tell(const Scores& scores) {
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
