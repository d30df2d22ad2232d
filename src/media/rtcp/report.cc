#include "media/rtcp/report.h"

namespace plenum::rtcp {

ReportBlock report_block(Ssrc ssrc, const rtp::ReceptionStats::Report& r) {
  return ReportBlock{.ssrc = ssrc,
                     .fraction_lost = r.fraction_lost,
                     .cumulative_lost = r.cumulative_lost,
                     .highest_sequence = r.highest_sequence,
                     .jitter = r.jitter,
                     .lsr = r.lsr,
                     .dlsr = r.dlsr};
}

std::optional<Duration> round_trip(const ReportBlock& block, NtpTime now) {
  if (block.lsr == 0) return std::nullopt;
  const std::uint32_t elapsed = now.compact() - block.lsr;  // 1/65536 s, wraps after 18 h
  const auto rtt = static_cast<std::int32_t>(elapsed - block.dlsr);
  // RFC 3550 section 6.4.1 lets rounding make it slightly negative: that is zero. More is a lie.
  constexpr std::int32_t kRounding = 65'536 / 100;
  if (rtt < -kRounding) return std::nullopt;
  if (rtt <= 0) return Duration(0);
  return Duration(static_cast<std::int64_t>(rtt) * 1'000'000 / 65'536);
}

}  // namespace plenum::rtcp
