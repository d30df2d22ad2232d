#include "egress/temporal_gate.h"

namespace plenum::egress {
namespace {

constexpr std::uint8_t kAllLayers = 7;
/// Picture ids of 7 bits come round within 2.1 s at 60 frames a second; after a longer silence
/// nothing is proven. In ticks of 90 kHz.
constexpr std::uint32_t kMaxSilence = 2 * 90'000;

}  // namespace

TemporalGate::Verdict TemporalGate::judge(const JoinedFrame& frame, RtpTime timestamp) {
  const FramePosition p = frame.position.value_or(FramePosition{});
  if (frame.key) {
    highest_whole_layer_ = kAllLayers;
  } else if (in_doubt_ && !base_is_whole(p, timestamp)) {
    return Verdict::needs_key_frame;
  }
  in_doubt_ = false;
  remember(p, timestamp);
  if (p.temporal_id > highest_whole_layer_) {
    if (!p.refers_to_base_only) return Verdict::skip;
    if (p.temporal_id == highest_whole_layer_ + 1) highest_whole_layer_ = p.temporal_id;
  } else if (p.opens_layers) {
    highest_whole_layer_ = kAllLayers;
  }
  return Verdict::decodable;
}

/// Also finds out which layers may lack something.
bool TemporalGate::base_is_whole(const FramePosition& p, RtpTime timestamp) {
  if (timestamp.value() - latest_timestamp_.value() > kMaxSilence) return false;
  if (latest_ && latest_->picture_id && p.picture_id &&
      *p.picture_id == ((*latest_->picture_id + 1) & p.picture_id_mask))
    return true;  // only packets without a frame were lost
  if (!tl0_picture_index_ || !p.tl0_picture_index) return false;
  const int ahead = static_cast<std::uint8_t>(*p.tl0_picture_index - *tl0_picture_index_);
  highest_whole_layer_ = 0;
  return ahead == (p.temporal_id == 0 ? 1 : 0);
}

void TemporalGate::remember(const FramePosition& p, RtpTime timestamp) {
  latest_ = p;
  latest_timestamp_ = timestamp;
  if (p.temporal_id == 0) tl0_picture_index_ = p.tl0_picture_index;
}

}  // namespace plenum::egress
