#pragma once
#include <cstdint>
#include <string>

namespace plenum::egress {

/// Microseconds since 1970 as ISO 8601 in UTC with milliseconds: "2026-11-28T01:02:03.456Z".
std::string iso_time(std::int64_t unix_us);

}  // namespace plenum::egress
