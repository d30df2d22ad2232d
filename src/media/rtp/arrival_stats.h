#pragma once
#include <cstdint>

#include "base/ids.h"
#include "base/time.h"

namespace plenum::rtp {

/// What a receiver report says of one source: RFC 3550 section 6.4.1, computed as in appendix A.3
/// (loss) and A.8 (jitter). Fed with every packet of the stream, recovered ones included.
class ReceptionStats {
 public:
  struct Report {
    std::uint8_t fraction_lost = 0;      // in 1/256, since the last report
    std::int32_t cumulative_lost = 0;    // clamped to 24 bits signed
    std::uint32_t highest_sequence = 0;  // cycles and sequence number
    std::uint32_t jitter = 0;            // in RTP clock ticks
    std::uint32_t lsr = 0;               // middle 32 bits of the last SR's NTP time; 0 = none
    std::uint32_t dlsr = 0;              // delay since then in 1/65536 s
  };

  ReceptionStats() = default;
  /// A clock rate of 0 (unknown payload type) is taken as that of video.
  explicit ReceptionStats(std::uint32_t clock_rate)
      : clock_rate_(clock_rate ? clock_rate : 90'000) {}

  /// A packet as the network brought it.
  void on_packet(ExtSeq seq, RtpTime timestamp, TimePoint now);
  /// A packet that came as a retransmission: not lost, but no measure of jitter.
  void on_recovered(ExtSeq seq);
  void on_sender_report(NtpTime ntp, TimePoint now);
  bool started() const { return received_ != 0; }
  /// Ends an interval: the next fraction_lost begins here.
  Report report(TimePoint now);

  std::uint64_t received() const { return received_; }
  /// Expected but never seen, so far; negative where duplicates came.
  std::int64_t lost() const {
    return received_ ? static_cast<std::int64_t>(expected() - received_) : 0;
  }
  Duration jitter() const;

 private:
  std::uint64_t expected() const { return highest_ - base_ + 1; }
  void count(ExtSeq seq);

  std::uint32_t clock_rate_ = 90'000;
  std::uint64_t base_ = 0;
  std::uint64_t highest_ = 0;
  std::uint64_t first_cycle_ = 0;  // RFC 3550 A.1 counts cycles from 0
  std::uint64_t received_ = 0;
  std::uint64_t expected_prior_ = 0;
  std::uint64_t received_prior_ = 0;
  bool has_transit_ = false;
  std::uint32_t transit_ = 0;    // arrival minus timestamp, in ticks, modulo 2^32
  std::uint32_t jitter_q4_ = 0;  // times 16, as in A.8
  std::uint32_t lsr_ = 0;
  TimePoint sr_arrival_{};
};

}  // namespace plenum::rtp
