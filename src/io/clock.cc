#include "io/clock.h"

#include <ctime>

namespace plenum::io {
namespace {

/// Seconds from 1900 to 1970 (RFC 5905 figure 4).
constexpr std::uint64_t kNtpToUnixSeconds = 2'208'988'800;

timespec read(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);  // cannot fail for the two clocks used here
  return t;
}

}  // namespace

TimePoint now() {
  const timespec t = read(CLOCK_MONOTONIC);
  return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::seconds(t.tv_sec) +
                                                        std::chrono::nanoseconds(t.tv_nsec)));
}

NtpTime ntp_now() {
  const timespec t = read(CLOCK_REALTIME);
  const auto seconds = static_cast<std::uint64_t>(t.tv_sec) + kNtpToUnixSeconds;
  const auto fraction = (static_cast<std::uint64_t>(t.tv_nsec) << 32) / 1'000'000'000u;
  return NtpTime{seconds << 32 | fraction};
}

std::int64_t unix_ms() {
  const timespec t = read(CLOCK_REALTIME);
  return static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
}

}  // namespace plenum::io
