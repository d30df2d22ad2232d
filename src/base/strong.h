#pragma once
#include <compare>
#include <cstddef>
#include <functional>

namespace plenum {

/// A number with a meaning of its own: two Strong types never mix, even with the same T.
template <class Tag, class T>
class Strong {
 public:
  constexpr Strong() = default;
  constexpr explicit Strong(T v) : v_(v) {}
  constexpr T value() const { return v_; }
  friend constexpr auto operator<=>(Strong, Strong) = default;

 private:
  T v_{};
};

}  // namespace plenum

template <class Tag, class T>
struct std::hash<plenum::Strong<Tag, T>> {
  std::size_t operator()(plenum::Strong<Tag, T> s) const noexcept {
    return std::hash<T>{}(s.value());
  }
};
