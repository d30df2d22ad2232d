#pragma once
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/spsc_ring.h"
#include "shard/messages.h"

namespace plenum::shard {

/// Events on their way from one shard's thread to the control thread: a ring and, when that is
/// full, a queue behind it. Order is kept. All but pop() belongs to the shard's thread.
class EventQueue {
 public:
  /// More than this behind, control is some seconds late: lossy data is worth nothing by then, and
  /// must not take the memory. The rest is bounded by what peers may send and must not be lost.
  static constexpr std::size_t kMaxBehindForLossy = 10'000;

  explicit EventQueue(std::size_t ring_capacity) : ring_(ring_capacity) {}

  /// False: lossy data, and too much waits already.
  bool push(Event&& event) {
    if (waiting_.empty() && ring_.push(std::move(event))) {
      pushed_ = true;
      return true;
    }
    if (waiting_.size() >= kMaxBehindForLossy && is_lossy(event)) return false;
    waiting_.push_back(std::move(event));
    return true;
  }
  /// Moves what waits into the ring as far as it fits.
  void retry() {
    std::size_t n = 0;
    while (n < waiting_.size() && ring_.push(std::move(waiting_[n]))) ++n;
    if (n == 0) return;
    pushed_ = true;
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(n));
  }
  bool behind() const { return !waiting_.empty(); }
  /// Whether the ring got something since the last call: then control wants to be woken.
  bool take_pushed() { return std::exchange(pushed_, false); }

  /// Control thread only.
  std::optional<Event> pop() { return ring_.pop(); }

 private:
  static bool is_lossy(const Event& event) {
    const auto* data = std::get_if<DataReceived>(&event);
    return data && data->channel != DataChannel::reliable;
  }

  SpscRing<Event> ring_;
  std::vector<Event> waiting_;
  bool pushed_ = false;
};

}  // namespace plenum::shard
