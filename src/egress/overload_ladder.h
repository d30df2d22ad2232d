#pragma once
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace plenum::egress {

/// What the composition leaves out.
enum class Degradation : std::uint8_t {
  none,
  /// Tiles show every other picture.
  half_refresh,
  /// As well, half as many frames, each twice as long.
  half_rate,
  /// The same, and it is late even so.
  exhausted,
};

/// Decides how much to leave out while frames are composed too late for want of CPU. Two seconds in
/// which at least a quarter of them is late lead a step down, ten without leads one up again; when
/// that was too early, the next wait is twice as long. A single pause of the machine leads nowhere.
/// Sans-I/O.
class OverloadLadder {
 public:
  /// More than `tolerance` late is late.
  explicit OverloadLadder(Duration tolerance) : tolerance_(tolerance) {}

  /// A frame is composed now that was due `late` ago. True: level() has changed.
  bool on_frame(Duration late, TimePoint now);
  Degradation level() const { return level_; }
  /// Steps down since the beginning.
  std::uint64_t steps_down() const { return steps_down_; }

 private:
  bool judge(TimePoint now);
  bool step_down(TimePoint now);
  bool step_up(TimePoint now);

  const Duration tolerance_;
  Degradation level_ = Degradation::none;
  std::uint64_t steps_down_ = 0;
  /// Of the second that runs.
  std::optional<TimePoint> since_;
  int frames_ = 0, late_frames_ = 0;
  /// Seconds in a row before it.
  int pressed_ = 0, easy_ = 0;
  /// Seconds without pressure before a step up.
  int patience_ = 10;
  std::optional<TimePoint> stepped_up_;
};

}  // namespace plenum::egress
