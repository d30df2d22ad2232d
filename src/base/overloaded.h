#pragma once

namespace plenum {

/// A visitor made of lambdas: std::visit(overloaded{[&](A) {…}, [&](B) {…}}, variant).
template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

}  // namespace plenum
