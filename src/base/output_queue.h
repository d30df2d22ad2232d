#pragma once
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace plenum {

/// First in, first out, drained to empty between turns. Keeps its memory, so that a turn in steady
/// state allocates nothing, and has none before its first element (a deque allocates for both).
template <class T>
class OutputQueue {
 public:
  template <class U>
  void push(U&& value) {
    items_.emplace_back(std::forward<U>(value));
  }
  std::optional<T> pop() {
    if (head_ == items_.size()) {
      items_.clear();
      head_ = 0;
      return std::nullopt;
    }
    return std::move(items_[head_++]);
  }
  bool empty() const { return head_ == items_.size(); }

 private:
  std::vector<T> items_;
  std::size_t head_ = 0;
};

}  // namespace plenum
