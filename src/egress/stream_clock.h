#pragma once
#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "egress/delay_floor.h"
#include "egress/participant_clock.h"
#include "egress/sender_report_fit.h"

namespace plenum::egress {

/// When the media of one RTP stream was captured, on our time line (plus the least one-way delay of
/// its participant). By sender reports where they make sense; without them by arrival, less the
/// queueing on the way. A change from the one to the other is slewed, never a leap.
///
/// A stream may begin anew with any timestamp, and may stand still for minutes without saying so:
/// both are an epoch. The one before stays known, for frames that wait in a jitter buffer.
class StreamClock {
 public:
  /// `participant` outlives the clock; `clock_rate` in Hz, not 0.
  StreamClock(ParticipantClock& participant, std::uint32_t clock_rate);

  /// Each packet as it arrives, in whatever order.
  void handle_packet(RtpTime timestamp, TimePoint arrival);
  void handle_sender_report(NtpTime ntp, RtpTime timestamp, TimePoint arrival);

  /// False until the first packet.
  bool started() const { return current_.has_value(); }
  /// Once started(). Of any timestamp; sensible for those within some seconds of a handled packet.
  TimePoint capture_time(RtpTime timestamp) const;
  /// True: placed by sender reports, false: by arrival.
  bool is_synchronized() const;
  std::uint32_t clock_rate() const { return rate_; }

 private:
  struct Epoch {
    explicit Epoch(std::uint32_t clock_rate) : fit(clock_rate) {}
    RtpTime newest;
    std::int64_t newest_ticks = 0;  // since the first packet
    TimePoint newest_place{};       // capture time of `newest` when last looked at
    DelayFloor floor;               // of arrival against the RTP clock
    SenderReportFit fit;
    std::uint32_t basis = 0;  // of the participant's clock that is followed; 0: none
    bool has_followed = false;
    SlewedValue correction;  // what is left of a change of mind
    std::optional<TimePoint> late_since;
    Duration late_by{};
  };
  struct Report {
    NtpTime ntp;
    RtpTime timestamp;
    TimePoint arrival{};
  };

  std::int64_t ticks(const Epoch& e, RtpTime timestamp) const;
  Duration media(std::int64_t ticks) const;
  Duration delay(const Epoch& e, RtpTime timestamp, TimePoint arrival) const;
  std::uint64_t distance(const Epoch& e, RtpTime timestamp) const;
  bool follows(const Epoch& e) const { return e.basis != 0 && e.basis == participant_.basis(); }
  TimePoint place(const Epoch& e, std::int64_t ticks) const;
  bool has_stood_still(Epoch& e, Duration delay, TimePoint arrival) const;
  void begin_epoch(RtpTime timestamp, TimePoint arrival);
  void advance(RtpTime timestamp, TimePoint arrival);
  void take_report(const Report& r);
  void follow_participant(Epoch& e, TimePoint now);

  ParticipantClock& participant_;
  std::uint32_t rate_;
  std::optional<Epoch> current_, previous_;
  std::optional<Report> last_report_;
};

}  // namespace plenum::egress
