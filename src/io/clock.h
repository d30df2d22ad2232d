#pragma once
#include <cstdint>

#include "base/time.h"

/// The only place where the media side learns what time it is. Everything else gets time as an
/// argument.
namespace plenum::io {

/// CLOCK_MONOTONIC: never jumps, so it drives every timer.
TimePoint now();
/// CLOCK_REALTIME as NTP time, for sender reports (RFC 3550 section 6.4.1) only.
NtpTime ntp_now();
/// Milliseconds since 1970 for tokens, logs and what people read; may jump.
std::int64_t unix_ms();

}  // namespace plenum::io
