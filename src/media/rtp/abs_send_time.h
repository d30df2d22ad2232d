#pragma once
#include <cstdint>

#include "base/time.h"

namespace plenum::rtp {

/// abs-send-time: seconds as 24-bit 6.18 fixed point, so it wraps after 64 s and counts from any
/// origin. http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
constexpr std::uint32_t abs_send_time(Duration since_any_origin) {
  // Taken modulo 64 s first, so that the shift cannot overflow.
  constexpr std::int64_t kWrapUs = 64'000'000;
  std::int64_t us = since_any_origin.count() % kWrapUs;
  if (us < 0) us += kWrapUs;
  return static_cast<std::uint32_t>(((us << 18) + 500'000) / 1'000'000) & 0xffffff;
}

/// b - a, the nearer way round: -32 s … 32 s.
constexpr Duration abs_send_time_difference(std::uint32_t a, std::uint32_t b) {
  const std::uint32_t d = (b - a) & 0xffffff;
  const std::int64_t signed_d =
      d < 0x800000 ? static_cast<std::int64_t>(d) : static_cast<std::int64_t>(d) - 0x1000000;
  return Duration(signed_d * 1'000'000 / (1 << 18));
}

}  // namespace plenum::rtp
