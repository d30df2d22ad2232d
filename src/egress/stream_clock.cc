#include "egress/stream_clock.h"

#include <cassert>
#include <utility>

namespace plenum::egress {
namespace {

/// No packet comes sooner than the soonest by this much: the timestamps have leapt.
constexpr Duration kTooEarly = -1s;
/// More than any queue on the way holds.
constexpr Duration kTooLate = 10s;
/// Later than this for 300 ms without catching up: the sender paused and its timestamps with it.
constexpr Duration kStandstill = 1s, kStandstillFor = 300ms, kCatchingUp = 50ms;
/// Reports that place a stream further than this from where its arrival does are wrong: another
/// epoch, or a clock that the other streams do not share.
constexpr Duration kDisagreement = 1s;

}  // namespace

StreamClock::StreamClock(ParticipantClock& participant, std::uint32_t clock_rate)
    : participant_(participant), rate_(clock_rate) {
  assert(clock_rate != 0);
}

void StreamClock::handle_packet(RtpTime timestamp, TimePoint arrival) {
  if (!current_) return begin_epoch(timestamp, arrival);
  Duration late = delay(*current_, timestamp, arrival);
  if (previous_ && (late < kTooEarly || late > kTooLate)) {
    const Duration then = delay(*previous_, timestamp, arrival);
    if (then >= kTooEarly && then <= kTooLate) {
      if (ticks(*previous_, timestamp) <= previous_->newest_ticks) return;  // a straggler
      std::swap(current_, previous_);
      late = then;
    }
  }
  if (late < kTooEarly || late > kTooLate || has_stood_still(*current_, late, arrival))
    begin_epoch(timestamp, arrival);
  else
    advance(timestamp, arrival);
}

void StreamClock::handle_sender_report(NtpTime ntp, RtpTime timestamp, TimePoint arrival) {
  last_report_ = Report{.ntp = ntp, .timestamp = timestamp, .arrival = arrival};
  if (current_) take_report(*last_report_);
}

TimePoint StreamClock::capture_time(RtpTime timestamp) const {
  assert(started());
  const bool earlier =
      previous_ && distance(*previous_, timestamp) < distance(*current_, timestamp);
  const Epoch& e = earlier ? *previous_ : *current_;
  return place(e, ticks(e, timestamp));
}

bool StreamClock::is_synchronized() const { return current_ && follows(*current_); }

/// Since the epoch's first packet; `timestamp` lies within ±2^31 ticks of the newest.
std::int64_t StreamClock::ticks(const Epoch& e, RtpTime timestamp) const {
  return e.newest_ticks + static_cast<std::int32_t>(timestamp.value() - e.newest.value());
}

Duration StreamClock::media(std::int64_t ticks) const {
  const std::int64_t rate = rate_, seconds = ticks / rate;
  return Duration(seconds * 1'000'000 + (ticks % rate) * 1'000'000 / rate);
}

Duration StreamClock::delay(const Epoch& e, RtpTime timestamp, TimePoint arrival) const {
  return arrival - place(e, ticks(e, timestamp));
}

/// In ticks from the timestamps that the epoch has seen; 0 within.
std::uint64_t StreamClock::distance(const Epoch& e, RtpTime timestamp) const {
  const std::int64_t at = ticks(e, timestamp);
  if (at > e.newest_ticks) return static_cast<std::uint64_t>(at - e.newest_ticks);
  return at < 0 ? static_cast<std::uint64_t>(-at) : 0;
}

TimePoint StreamClock::place(const Epoch& e, std::int64_t at) const {
  if (follows(e)) return participant_.local(e.fit.ntp_at(at)) + e.correction.value();
  // The participant's clock was started anew by another stream: stay where we are.
  if (e.basis != 0) return e.newest_place + (media(at) - media(e.newest_ticks));
  return TimePoint(e.floor.value() + media(at)) + e.correction.value();
}

bool StreamClock::has_stood_still(Epoch& e, Duration late, TimePoint arrival) const {
  if (late <= kStandstill) {
    e.late_since.reset();
    return false;
  }
  // After an outage of the network old packets come in a burst, each less late than the last.
  if (!e.late_since || late < e.late_by - kCatchingUp) {
    e.late_since = arrival;
    e.late_by = late;
  }
  return arrival - *e.late_since >= kStandstillFor;
}

void StreamClock::begin_epoch(RtpTime timestamp, TimePoint arrival) {
  previous_ = std::exchange(current_, std::nullopt);
  Epoch& e = current_.emplace(rate_);
  e.newest = timestamp;
  e.newest_place = arrival;
  e.floor.observe(arrival.time_since_epoch(), arrival);
  if (last_report_) take_report(*last_report_);
}

void StreamClock::advance(RtpTime timestamp, TimePoint arrival) {
  Epoch& e = *current_;
  const std::int64_t at = ticks(e, timestamp);
  if (e.basis != 0 && !follows(e)) {
    e.basis = 0;
    e.correction.shift(e.newest_place - place(e, e.newest_ticks));
  }
  if (at > e.newest_ticks) {
    e.newest = timestamp;
    e.newest_ticks = at;
  }
  e.floor.observe(arrival.time_since_epoch() - media(at), arrival);
  if (follows(e)) participant_.observe(e.fit.ntp_at(at), arrival);
  // A stream that lost its reports keeps the place they gave it among its participant's.
  if (follows(e) || !e.has_followed) e.correction.approach(Duration{}, arrival);
  e.newest_place = place(e, e.newest_ticks);
}

void StreamClock::take_report(const Report& r) {
  Epoch& e = *current_;
  const std::int64_t at = ticks(e, r.timestamp);
  if (abs(r.arrival - place(e, at)) > kDisagreement) return;
  const TimePoint before = place(e, e.newest_ticks);
  if (!e.fit.add(at, r.ntp)) return;
  follow_participant(e, r.arrival);
  // What it places has not been shown before it is settled, and may leap until then.
  if (r.arrival >= e.floor.settled()) e.correction.shift(before - place(e, e.newest_ticks));
}

void StreamClock::follow_participant(Epoch& e, TimePoint now) {
  const NtpTime ntp = e.fit.ntp_at(e.newest_ticks);
  const auto agrees = [&] {
    const TimePoint by_arrival(e.floor.value() + media(e.newest_ticks));
    return abs(participant_.local(ntp) - by_arrival) <= kDisagreement;
  };
  const TimePoint here = place(e, e.newest_ticks);
  if (!participant_.started() || (!agrees() && participant_.is_forsaken(now)))
    participant_.start(ntp, here, now, e.floor.settled());
  const bool follow = agrees();
  if (follow) participant_.confirm(now);
  e.basis = follow ? participant_.basis() : 0;
  e.has_followed |= follow;
}

}  // namespace plenum::egress
