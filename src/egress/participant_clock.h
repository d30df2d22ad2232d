#pragma once
#include <cstdint>

#include "base/time.h"
#include "egress/delay_floor.h"

namespace plenum::egress {

/// One participant's wall clock on our time line. All its streams share it, which is what keeps
/// its lips and its voice together: the least one-way delay of any of them places them all.
class ParticipantClock {
 public:
  bool started() const { return floor_.started(); }
  /// From now on `ntp` was at `local`; what streams knew of an earlier start() is void. Until
  /// `settled` nothing of the participant has been shown, and corrections need not be slow.
  void start(NtpTime ntp, TimePoint local, TimePoint now, TimePoint settled);
  /// A packet that was captured at `ntp` by the sender's clock has arrived.
  void observe(NtpTime ntp, TimePoint arrival);
  /// When it was by our clock, plus the least one-way delay. Once started().
  TimePoint local(NtpTime ntp) const;

  /// Counts the starts.
  std::uint32_t basis() const { return basis_; }
  /// A report of one of its streams fitted the basis.
  void confirm(TimePoint now) { confirmed_ = now; }
  /// No report has fitted for so long that the sender must have set its clock.
  bool is_forsaken(TimePoint now) const { return now - confirmed_ > 12s; }

 private:
  NtpTime reference_;
  DelayFloor floor_;
  TimePoint confirmed_{};
  std::uint32_t basis_ = 0;
};

}  // namespace plenum::egress
