#include "egress/speaker_meter.h"

#include <algorithm>

namespace plenum::egress {
namespace {

/// Of the newest frame; with 30 a second, half of the loudness is that of the last 300 ms.
constexpr float kNewest = 0.08f;
/// Louder by a third: heard as such.
constexpr float kClearly = 1.33f;

}  // namespace

void SpeakerMeter::add(const std::string& identity, float level, TimePoint now) {
  Voice& v = voices_[identity];
  v.loudness += (level - v.loudness) * kNewest;
  if (level >= kSpeech) v.spoke = now;
}

std::vector<std::string> SpeakerMeter::speakers(TimePoint now) {
  std::vector<std::pair<const std::string*, Voice*>> speaking;
  for (auto& [identity, voice] : voices_) {
    if (voice.spoke != TimePoint::min() && now - voice.spoke <= kPause)
      speaking.emplace_back(&identity, &voice);
    else
      voice.place = static_cast<std::size_t>(-1);
  }
  std::ranges::stable_sort(speaking, {}, [](const auto& s) { return s.second->place; });
  // Each moves forward past those who are clearly softer.
  for (std::size_t i = 1; i < speaking.size(); ++i)
    for (std::size_t k = i;
         k > 0 && speaking[k].second->loudness > speaking[k - 1].second->loudness * kClearly; --k)
      std::swap(speaking[k], speaking[k - 1]);
  std::vector<std::string> out;
  for (const auto& [identity, voice] : speaking) {
    voice->place = out.size();
    out.push_back(*identity);
  }
  return out;
}

}  // namespace plenum::egress
