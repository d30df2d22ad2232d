#include "sfu/speakers.h"

#include <algorithm>
#include <cmath>

namespace plenum::sfu {

void SpeechLevel::observe(std::uint8_t level_dbov, Duration duration) {
  observed_ += duration;
  if (level_dbov > kActiveDbov) return;
  active_ += duration;
  loudest_dbov_ = std::min(loudest_dbov_, level_dbov);
}

float SpeechLevel::end_window() {
  constexpr double kActiveShare = 0.4;
  constexpr float kSmoothing = 2.0F / 3.0F;  // exponential average over two windows
  float level = 0;
  if (active_.count() > 0 &&
      static_cast<double>(active_.count()) >= kActiveShare * static_cast<double>(kWindow.count()))
    level = std::pow(10.0F, -static_cast<float>(loudest_dbov_) / 20.0F);
  active_ = observed_ = {};
  loudest_dbov_ = 127;
  smoothed_ += (level - smoothed_) * kSmoothing;
  if (level == 0 && smoothed_ < 0.02F) smoothed_ = 0;
  return level == 0 && smoothed_ == 0 ? 0 : std::ceil(smoothed_ * 8.0F) / 8.0F;
}

void Speakers::silence(TrackId track) {
  const auto it = tracks_.find(track);
  if (it == tracks_.end()) return;
  it->second.level = SpeechLevel{};
  it->second.gone = true;
}

std::vector<Speakers::Change> Speakers::poll(TimePoint now) {
  if (now < next_) return {};
  next_ = now + SpeechLevel::kWindow;
  std::vector<Change> changes;
  for (auto it = tracks_.begin(); it != tracks_.end();) {
    Entry& e = it->second;
    const float level = e.level.end_window();
    if (level != e.reported) changes.push_back({it->first, level, level > 0});
    e.reported = level;
    it = e.gone && level == 0 ? tracks_.erase(it) : std::next(it);
  }
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return a.level > b.level; });
  return changes;
}

}  // namespace plenum::sfu
