#pragma once
#include <map>

#include "control/world.h"

namespace plenum::control {

/// Turns the shards' transport figures into what clients show as connection quality
/// (livekit-wire 6.7), and adds them up for history. LOST is never reported: clients answer it with
/// a full reconnect.
class QualityReports {
 public:
  explicit QualityReports(World& world) : world_(world) {}
  void on_quality(const shard::Quality& event);

 private:
  using Scores = std::map<ParticipantId, float>;
  void begin_interval(Participant& p);
  float take_peer(Participant& p, const shard::Quality::Peer& peer);
  void tell(const Scores& scores);

  World& world_;
};

/// 0 (unusable) … 100 (nothing wrong), of one stream.
float stream_score(codec::Codec codec, bool red, float loss, Duration jitter, Duration rtt);
ConnectionQuality quality_of(float score);
/// Mean opinion score, 1 … 4.5, as clients expect it.
float mos_of(float score);

}  // namespace plenum::control
