#include "egress/participant_clock.h"

namespace plenum::egress {

void ParticipantClock::start(NtpTime ntp, TimePoint local, TimePoint now, TimePoint settled) {
  reference_ = ntp;
  floor_.start(local.time_since_epoch(), now, settled);
  confirmed_ = now;
  ++basis_;
}

void ParticipantClock::observe(NtpTime ntp, TimePoint arrival) {
  floor_.observe(arrival.time_since_epoch() - ntp_difference(reference_, ntp), arrival);
}

TimePoint ParticipantClock::local(NtpTime ntp) const {
  return TimePoint(floor_.value() + ntp_difference(reference_, ntp));
}

}  // namespace plenum::egress
