#pragma once
#include <chrono>
#include <cstdint>

namespace plenum {

using namespace std::chrono_literals;

/// The clock of the protocol core. It deliberately has no now(): time is an argument, and only
/// `io/clock` can make a TimePoint from the kernel's clock.
struct Monotonic {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Monotonic, duration>;
  static constexpr bool is_steady = true;
};
using TimePoint = Monotonic::time_point;
using Duration = Monotonic::duration;

/// "Nothing to do": what next_timeout() returns when no timer is running.
inline constexpr TimePoint kNever = TimePoint::max();

/// Wall-clock time as 32.32 fixed-point seconds since 1900 (RFC 3550 section 4).
struct NtpTime {
  std::uint64_t value = 0;
  /// The middle 32 bits, as carried in LSR of a report block.
  constexpr std::uint32_t compact() const { return static_cast<std::uint32_t>(value >> 16); }
  friend constexpr auto operator<=>(NtpTime, NtpTime) = default;
};

/// Difference b - a in microseconds.
constexpr Duration ntp_difference(NtpTime a, NtpTime b) {
  const auto d = static_cast<std::int64_t>(b.value - a.value);
  const std::int64_t seconds = d >> 32;
  const std::int64_t fraction = static_cast<std::int64_t>(d & 0xffffffff);
  return Duration(seconds * 1'000'000 + ((fraction * 1'000'000) >> 32));
}

constexpr NtpTime ntp_add(NtpTime t, Duration d) {
  const std::int64_t us = d.count();
  const std::int64_t seconds = us >= 0 ? us / 1'000'000 : -((-us + 999'999) / 1'000'000);
  const std::int64_t rest = us - seconds * 1'000'000;
  return NtpTime{t.value + (static_cast<std::uint64_t>(seconds) << 32) +
                 ((static_cast<std::uint64_t>(rest) << 32) / 1'000'000)};
}

}  // namespace plenum
