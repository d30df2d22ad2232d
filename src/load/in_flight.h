#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"

namespace plenum::load {

/// Things on their way, by time of arrival; of those that arrive together the first sent is first.
template <class T>
class InFlight {
 public:
  void push(TimePoint at, T thing) {
    heap_.push_back({at, order_++, std::move(thing)});
    std::ranges::push_heap(heap_, later);
  }
  /// kNever when nothing is on its way.
  TimePoint next_arrival() const { return heap_.empty() ? kNever : heap_.front().at; }
  /// The next that has arrived; nullopt when none has.
  std::optional<T> pop(TimePoint now) {
    if (heap_.empty() || heap_.front().at > now) return std::nullopt;
    std::ranges::pop_heap(heap_, later);
    std::optional<T> thing(std::move(heap_.back().thing));
    heap_.pop_back();
    return thing;
  }
  std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    TimePoint at;
    std::uint64_t order;
    T thing;
  };
  static bool later(const Entry& a, const Entry& b) {
    return a.at != b.at ? a.at > b.at : a.order > b.order;
  }

  std::vector<Entry> heap_;
  std::uint64_t order_ = 0;
};

}  // namespace plenum::load
