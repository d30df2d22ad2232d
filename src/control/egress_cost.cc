#include "control/egress_cost.h"

#include <algorithm>

namespace plenum::control {
namespace {

// Cores for 10^6 pixels a second, and others.
constexpr double kFramesPerSecond = 30;
constexpr double kDecode = 0.0040;  // VP8, with reading for scaling
constexpr double kCompose = 0.0018;
constexpr double kEncode = 0.0076;  // x264 superfast
constexpr double kProcess = 0.05;
constexpr double kVoice = 0.0015;
constexpr double kCopy = 0.02;

}  // namespace

double predicted_cores(const EgressJob& job, std::size_t voices) {
  if (job.copy) return kCopy;
  const double pixels = double(job.width) * job.height * kFramesPerSecond / 1e6;
  return kProcess + kVoice * double(voices) + (kDecode + kCompose + kEncode) * pixels;
}

void MeasuredCores::add(Duration cpu, TimePoint now) {
  if (!is_begun_ || cpu < last_.cpu) {
    first_ = {cpu, now};
    is_begun_ = true;
  }
  last_ = {cpu, now};
  if (now - first_.at < kWindow) return;
  const double current = double((cpu - first_.cpu).count()) / double((now - first_.at).count());
  cores_ = cores_ == 0 ? current : (cores_ + current) / 2;
  first_ = last_;
}

}  // namespace plenum::control
