#pragma once
#include <cstdint>
#include <deque>

#include "base/time.h"

namespace plenum::egress {

/// A stream's RTP clock against its sender's wall clock: a line through the last eight sender
/// reports (RFC 3550 section 6.4.1). A report far from the line is not believed, until three in a
/// row agree with each other: then the sender has set its clock.
class SenderReportFit {
 public:
  static constexpr std::size_t kReports = 8, kAgreeing = 3;
  static constexpr double kTolerance = 0.050;  // seconds

  /// `clock_rate` in Hz.
  explicit SenderReportFit(std::uint32_t clock_rate) : rate_(clock_rate) {}

  bool valid() const { return !points_.empty(); }
  /// False: not believed (yet), or nothing new. `ticks` is the unwrapped RTP time.
  bool add(std::int64_t ticks, NtpTime ntp);
  /// Once valid(). Beyond a minute after the last report the nominal clock rate is assumed.
  NtpTime ntp_at(std::int64_t ticks) const;

 private:
  /// Seconds on the RTP clock, and how far the wall clock is ahead of it; both since the reference.
  struct Point {
    double media = 0, ahead = 0;
  };
  Point point(std::int64_t ticks, NtpTime ntp) const;
  double ahead_at(double media) const;
  void refit();

  double rate_;
  std::int64_t reference_ticks_ = 0;
  NtpTime reference_;
  std::deque<Point> points_, suspects_;
  double mean_media_ = 0, mean_ahead_ = 0, slope_ = 0, newest_media_ = 0, oldest_media_ = 0;
};

}  // namespace plenum::egress
