#include "egress/overload_ladder.h"

#include <algorithm>

namespace plenum::egress {
namespace {

constexpr Duration kWindow = 1s;
constexpr int kPressedWindows = 2;
constexpr int kEasyWindows = 10, kMostEasyWindows = 160;

Degradation moved(Degradation level, int by) {
  return static_cast<Degradation>(static_cast<int>(level) + by);
}

}  // namespace

bool OverloadLadder::on_frame(Duration late, TimePoint now) {
  if (!since_) since_ = now;
  bool changed = false;
  if (now - *since_ >= kWindow) {
    changed = judge(now);
    since_ = now;
    frames_ = late_frames_ = 0;
  }
  ++frames_;
  late_frames_ += late > tolerance_ ? 1 : 0;
  return changed;
}

bool OverloadLadder::judge(TimePoint now) {
  const bool pressed = late_frames_ * 4 >= frames_, easy = late_frames_ * 15 <= frames_;
  pressed_ = pressed ? pressed_ + 1 : 0;
  easy_ = easy ? easy_ + 1 : 0;
  if (pressed_ >= kPressedWindows) return step_down(now);
  return easy_ >= patience_ && step_up(now);
}

bool OverloadLadder::step_down(TimePoint now) {
  pressed_ = 0;
  if (level_ == Degradation::exhausted) return false;
  const bool too_early = stepped_up_ && now - *stepped_up_ < kEasyWindows * kWindow;
  patience_ = too_early ? std::min(2 * patience_, kMostEasyWindows) : kEasyWindows;
  level_ = moved(level_, 1);
  ++steps_down_;
  return true;
}

bool OverloadLadder::step_up(TimePoint now) {
  easy_ = 0;
  if (level_ == Degradation::none) return false;
  level_ = moved(level_, -1);
  stepped_up_ = now;
  return true;
}

}  // namespace plenum::egress
