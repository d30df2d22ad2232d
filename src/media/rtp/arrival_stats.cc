#include "media/rtp/arrival_stats.h"

#include <algorithm>

namespace plenum::rtp {
namespace {

constexpr std::int64_t kMaxLost = 0x7fffff;  // 24 bits, signed
constexpr std::int64_t kMinLost = -0x800000;

}  // namespace

void ReceptionStats::count(ExtSeq seq) {
  if (received_ == 0) {
    base_ = highest_ = seq.value();
    first_cycle_ = seq.value() & ~std::uint64_t{0xffff};
  }
  base_ = std::min(base_, seq.value());  // reordered before the first: count from there
  highest_ = std::max(highest_, seq.value());
  ++received_;
}

void ReceptionStats::on_packet(ExtSeq seq, RtpTime timestamp, TimePoint now) {
  count(seq);
  const std::int64_t us = now.time_since_epoch().count();
  // Split so that the product does not overflow after years of uptime.
  const std::int64_t ticks =
      us / 1'000'000 * clock_rate_ + us % 1'000'000 * clock_rate_ / 1'000'000;
  const std::uint32_t transit = static_cast<std::uint32_t>(ticks) - timestamp.value();
  if (has_transit_) {
    const auto d = static_cast<std::int32_t>(transit - transit_);
    const std::uint32_t magnitude =
        d < 0 ? 0u - static_cast<std::uint32_t>(d) : static_cast<std::uint32_t>(d);
    // A jump of the media clock (mute, source switch) is not jitter; ten seconds are no transit.
    if (magnitude < clock_rate_ * 10) jitter_q4_ += magnitude - ((jitter_q4_ + 8) >> 4);
  }
  transit_ = transit;
  has_transit_ = true;
}

void ReceptionStats::on_recovered(ExtSeq seq) { count(seq); }

void ReceptionStats::on_sender_report(NtpTime ntp, TimePoint now) {
  lsr_ = ntp.compact();
  sr_arrival_ = now;
}

ReceptionStats::Report ReceptionStats::report(TimePoint now) {
  Report r;
  if (received_ == 0) return r;
  const std::uint64_t expected_now = expected();
  r.cumulative_lost = static_cast<std::int32_t>(std::clamp(lost(), kMinLost, kMaxLost));
  const auto expected_interval = static_cast<std::int64_t>(expected_now - expected_prior_);
  const auto received_interval = static_cast<std::int64_t>(received_ - received_prior_);
  const std::int64_t lost_interval = expected_interval - received_interval;
  if (expected_interval > 0 && lost_interval > 0)
    r.fraction_lost = static_cast<std::uint8_t>(
        std::min<std::int64_t>(255, lost_interval * 256 / expected_interval));
  expected_prior_ = expected_now;
  received_prior_ = received_;

  r.highest_sequence = static_cast<std::uint32_t>(highest_ - first_cycle_);
  r.jitter = jitter_q4_ >> 4;
  r.lsr = lsr_;
  if (lsr_ != 0) {
    const std::int64_t us = std::max<std::int64_t>(0, (now - sr_arrival_).count());
    // Held below the field's 18 hours.
    r.dlsr =
        static_cast<std::uint32_t>(std::min<std::int64_t>(us, 65'535'000'000) * 65'536 / 1'000'000);
  }
  return r;
}

Duration ReceptionStats::jitter() const {
  return Duration(static_cast<std::int64_t>(jitter_q4_ >> 4) * 1'000'000 / clock_rate_);
}

}  // namespace plenum::rtp
