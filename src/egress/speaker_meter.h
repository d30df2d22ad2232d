#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"

namespace plenum::egress {

/// Who speaks, judged by the sound itself: recorded files bring no levels of their publishers.
class SpeakerMeter {
 public:
  /// Root of the mean square of what is speech at least: -40 dB of full scale.
  static constexpr float kSpeech = 0.01f;
  /// Between words one goes on speaking.
  static constexpr Duration kPause = 500ms;

  /// How loud somebody was up to `now`, which grows. Once a frame for everybody who sounds.
  void add(const std::string& identity, float level, TimePoint now);
  void forget(const std::string& identity) { voices_.erase(identity); }
  /// The loudest first. Two who are about as loud keep their order.
  std::vector<std::string> speakers(TimePoint now);

 private:
  struct Voice {
    float loudness = 0;
    TimePoint spoke = TimePoint::min();
    /// Place among those who spoke last time.
    std::size_t place = static_cast<std::size_t>(-1);
  };
  std::map<std::string, Voice> voices_;
};

}  // namespace plenum::egress
