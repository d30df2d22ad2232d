#include "egress/sender_report_fit.h"

#include <algorithm>
#include <cmath>

namespace plenum::egress {
namespace {

/// What we take for granted before any report: reports are exact to some 2 ms and clocks run within
/// some 300 ppm of their nominal rate. (2 ms / 300 ppm)², in s²: with it reports that lie close
/// together do not make a steep line of their jitter.
constexpr double kPrior = 44;
constexpr double kMaxSlope = 1000e-6;

}  // namespace

bool SenderReportFit::add(std::int64_t ticks, NtpTime ntp) {
  if (ntp == NtpTime{}) return false;  // "no notion of wallclock": RFC 3550 section 6.4.1
  if (!valid()) {
    reference_ticks_ = ticks;
    reference_ = ntp;
    points_.push_back({});
    refit();
    return true;
  }
  const Point p = point(ticks, ntp);
  if (p.media == points_.back().media) return false;
  if (std::abs(p.ahead - ahead_at(p.media)) <= kTolerance) {
    suspects_.clear();
    points_.push_back(p);
    if (points_.size() > kReports) points_.pop_front();
    refit();
    return true;
  }
  if (!suspects_.empty()) {
    if (p.media == suspects_.back().media) return false;
    if (std::abs(p.ahead - suspects_.back().ahead) > kTolerance) suspects_.clear();
  }
  suspects_.push_back(p);
  if (suspects_.size() < kAgreeing) return false;
  points_ = std::move(suspects_);
  suspects_.clear();
  refit();
  return true;
}

NtpTime SenderReportFit::ntp_at(std::int64_t ticks) const {
  const double media = static_cast<double>(ticks - reference_ticks_) / rate_;
  return ntp_add(
      reference_,
      Duration(static_cast<std::int64_t>(std::llround((media + ahead_at(media)) * 1e6))));
}

SenderReportFit::Point SenderReportFit::point(std::int64_t ticks, NtpTime ntp) const {
  const double media = static_cast<double>(ticks - reference_ticks_) / rate_;
  return {.media = media,
          .ahead = static_cast<double>(ntp_difference(reference_, ntp).count()) / 1e6 - media};
}

double SenderReportFit::ahead_at(double media) const {
  const double within = std::clamp(media, oldest_media_, newest_media_ + 60);
  return mean_ahead_ + slope_ * (within - mean_media_);
}

void SenderReportFit::refit() {
  const auto n = static_cast<double>(points_.size());
  mean_media_ = mean_ahead_ = 0;
  newest_media_ = oldest_media_ = points_.front().media;
  for (const Point& p : points_) {
    mean_media_ += p.media / n;
    mean_ahead_ += p.ahead / n;
    newest_media_ = std::max(newest_media_, p.media);
    oldest_media_ = std::min(oldest_media_, p.media);
  }
  double sxx = kPrior, sxy = 0;
  for (const Point& p : points_) {
    sxx += (p.media - mean_media_) * (p.media - mean_media_);
    sxy += (p.media - mean_media_) * (p.ahead - mean_ahead_);
  }
  slope_ = std::clamp(sxy / sxx, -kMaxSlope, kMaxSlope);
}

}  // namespace plenum::egress
