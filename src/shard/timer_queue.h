#pragma once
#include <queue>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace plenum::shard {

/// When which object wants to be woken. Re-arming is cheap: an earlier time is pushed, a later one
/// waits until the old entry comes up and then moves. A key keeps its place, and so allocates
/// nothing, until it is disarmed: do so when its object goes. One shard.
template <class Key, class Hash = std::hash<Key>>
class TimerQueue {
 public:
  void arm(Key key, TimePoint at) {
    if (at == kNever) return;
    auto [it, added] = armed_.try_emplace(key, at);
    if (!added && it->second <= at) return;
    it->second = at;
    heap_.push({at, key});
  }
  void disarm(Key key) { armed_.erase(key); }
  TimePoint next() const { return heap_.empty() ? kNever : heap_.top().at; }
  /// Calls expired(key) for each that is due. The callee arms again what it still needs.
  template <class F>
  void expire(TimePoint now, F&& expired) {
    while (!heap_.empty() && heap_.top().at <= now) {
      const Entry e = heap_.top();
      heap_.pop();
      const auto it = armed_.find(e.key);
      if (it == armed_.end() || it->second != e.at) continue;  // disarmed, or armed anew
      it->second = kNever;
      expired(e.key);
    }
  }

 private:
  struct Entry {
    TimePoint at;
    Key key;
    friend bool operator>(const Entry& a, const Entry& b) { return a.at > b.at; }
  };
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> heap_;
  std::unordered_map<Key, TimePoint, Hash> armed_;
};

}  // namespace plenum::shard
