#include "control/timers.h"

namespace plenum::control {

Timers::Handle Timers::at(TimePoint when, Task task) {
  const Handle handle{when, next_number_++};
  tasks_.emplace(std::pair(when, handle.number), std::move(task));
  return handle;
}

void Timers::cancel(Handle& handle) {
  if (handle) tasks_.erase({handle.at, handle.number});
  handle = {};
}

TimePoint Timers::next_timeout() const {
  return tasks_.empty() ? kNever : tasks_.begin()->first.first;
}

void Timers::run(TimePoint now) {
  // A task that schedules for `now` again runs in the next turn: this call always ends.
  const std::uint64_t before = next_number_;
  for (auto it = tasks_.begin(); it != tasks_.end() && it->first.first <= now;) {
    if (it->first.second >= before) {
      ++it;
      continue;
    }
    auto node = tasks_.extract(it);
    node.mapped()(now);
    it = tasks_.begin();  // the task may have changed the map
  }
}

}  // namespace plenum::control
