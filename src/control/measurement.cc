#include "control/measurement.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace plenum::control {

void Measurement::add(MediaKind kind, const Sample& sample) {
  Sum& sum = kind == MediaKind::audio ? audio_ : video_;
  sum.total.send_lost += sample.send_lost;
  sum.total.receive_lost += sample.receive_lost;
  if (!sample.has_media()) return;
  sum.total.send_bps += sample.send_bps;
  sum.total.receive_bps += sample.receive_bps;
  sum.total.jitter += sample.jitter;
  sum.total.mos += sample.mos;
  ++sum.samples;
}

void Measurement::add_rtt(Duration rtt) {
  rtt_ += rtt;
  ++rtts_;
}

void Measurement::add_watched(std::uint32_t side) {
  const auto* at = std::ranges::lower_bound(kWatchedSides, side);
  const auto i = std::min<std::ptrdiff_t>(at - kWatchedSides.begin(), kWatchedSides.size() - 1);
  watched_[static_cast<std::size_t>(i)] += shard::kQualityInterval;
}

TransportMeasured::Media Measurement::media(const Sum& sum) const {
  const auto intervals = static_cast<std::uint64_t>(length_ / shard::kQualityInterval);
  const Sample& total = sum.total;
  TransportMeasured::Media out;
  out.send_lost = std::max<std::int64_t>(0, total.send_lost);
  out.receive_lost = std::max<std::int64_t>(0, total.receive_lost);
  out.send_bps = total.send_bps / intervals;
  out.receive_bps = total.receive_bps / intervals;
  if (sum.samples == 0) return out;
  out.jitter = total.jitter / sum.samples;
  out.mos_hundredths =
      static_cast<std::uint32_t>(std::lround(total.mos * 100 / static_cast<float>(sum.samples)));
  return out;
}

std::optional<TransportMeasured> Measurement::take() {
  if (length_ == Duration{}) return std::nullopt;
  TransportMeasured out;
  if (rtts_ > 0) out.rtt = rtt_ / rtts_;
  out.audio = media(audio_);
  out.video = media(video_);
  for (const Duration time : watched_)
    out.watched_s.push_back(static_cast<std::uint32_t>(time / 1s));
  *this = Measurement();
  return out;
}

}  // namespace plenum::control
