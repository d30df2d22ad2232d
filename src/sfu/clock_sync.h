#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/time.h"

namespace plenum::sfu {

/// A stream's RTP clock against its publisher's wall clock, from the last sender report
/// (RFC 3550 section 6.4.1). Lets two layers of a track be laid on one time line.
struct ClockSync {
  NtpTime ntp;
  RtpTime rtp;
  TimePoint received{};
  bool valid = false;

  /// Publisher's wall clock at `t`, which lies within ±12 h of the report.
  NtpTime ntp_at(RtpTime t, std::uint32_t clock_rate) const {
    const auto ticks = static_cast<std::int32_t>(t.value() - rtp.value());
    return ntp_add(ntp, Duration(static_cast<std::int64_t>(ticks) * 1'000'000 / clock_rate));
  }
  RtpTime rtp_at(NtpTime t, std::uint32_t clock_rate) const {
    const Duration apart = std::clamp<Duration>(ntp_difference(ntp, t), -12h, 12h);
    const std::int64_t ticks = apart.count() * clock_rate / 1'000'000;
    return RtpTime(rtp.value() + static_cast<std::uint32_t>(ticks));
  }
};

}  // namespace plenum::sfu
