#pragma once
#include <cassert>
#include <utility>
#include <variant>

namespace plenum {

/// Wraps an error so that Result<T, E> is unambiguous even when T and E are alike.
template <class E>
struct Err {
  E error;
};
template <class E>
Err(E) -> Err<E>;

/// A value or the reason there is none. For input from outside; never an exception.
template <class T, class E>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Err<E> e) : v_(std::in_place_index<1>, std::move(e.error)) {}  // NOLINT

  bool ok() const { return v_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    assert(ok());
    return *std::get_if<0>(&v_);
  }
  const T& value() const& {
    assert(ok());
    return *std::get_if<0>(&v_);
  }
  T&& value() && {
    assert(ok());
    return std::move(*std::get_if<0>(&v_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const E& error() const {
    assert(!ok());
    return *std::get_if<1>(&v_);
  }

 private:
  std::variant<T, E> v_;
};

struct Ok {};
/// For operations that yield nothing but may fail: `return Ok{};`.
template <class E>
using Status = Result<Ok, E>;

}  // namespace plenum
