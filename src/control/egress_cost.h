#pragma once
#include <cstddef>

#include "base/time.h"
#include "control/egress_job.h"

namespace plenum::control {

/// The cores that a job takes, before it has run: decoding and scaling of as many pixels as its
/// canvas has, composing and encoding them, and mixing `voices`; or copying. Errs on the safe side
/// (measured by plenum_egress_bench).
double predicted_cores(const EgressJob& job, std::size_t voices);

/// What a running job takes, from the CPU time that its worker reports.
class MeasuredCores {
 public:
  void add(Duration cpu, TimePoint now);
  /// 0 = not known yet: it has run for less than 30 s.
  double cores() const { return cores_; }

 private:
  struct Sample {
    Duration cpu;
    TimePoint at;
  };
  static constexpr Duration kWindow = 30s;
  Sample first_{}, last_{};
  bool is_begun_ = false;
  double cores_ = 0;
};

}  // namespace plenum::control
