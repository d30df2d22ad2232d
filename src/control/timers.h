#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "base/time.h"

namespace plenum::control {

/// Deadlines of the control thread in one ordered map. Has no clock: the driver asks for
/// next_timeout() and calls run(now). Tasks keep ids, not pointers, and look their object up.
class Timers {
 public:
  using Task = std::function<void(TimePoint now)>;
  /// Names a scheduled task; empty after default construction and after cancel().
  struct Handle {
    TimePoint at{};
    std::uint64_t number = 0;
    explicit operator bool() const { return number != 0; }
  };

  Handle at(TimePoint when, Task task);
  /// Harmless when the task has run already or the handle is empty.
  void cancel(Handle& handle);
  TimePoint next_timeout() const;
  /// Runs everything due at `now`, oldest deadline first; tasks may schedule and cancel others.
  void run(TimePoint now);

 private:
  std::map<std::pair<TimePoint, std::uint64_t>, Task> tasks_;
  std::uint64_t next_number_ = 1;
};

}  // namespace plenum::control
