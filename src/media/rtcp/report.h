#pragma once
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/rtp/arrival_stats.h"

namespace plenum::rtcp {

/// RFC 3550 section 6.4.1.
struct ReportBlock {
  Ssrc ssrc;
  std::uint8_t fraction_lost = 0;  // in 1/256
  std::int32_t cumulative_lost = 0;
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter = 0;
  std::uint32_t lsr = 0;
  std::uint32_t dlsr = 0;  // in 1/65536 s
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};
inline constexpr std::size_t kReportBlockSize = 24;
inline constexpr std::size_t kMaxReportBlocks = 31;  // 5 bits

ReportBlock report_block(Ssrc ssrc, const rtp::ReceptionStats::Report& report);

/// Round-trip time by a report block about our stream: now - LSR - DLSR. nullopt when the block
/// answers no sender report, or claims an impossible delay.
std::optional<Duration> round_trip(const ReportBlock& block, NtpTime now);

}  // namespace plenum::rtcp
