#pragma once
#include <cmath>
#include <cstdint>
#include <random>

#include "base/ids.h"
#include "base/time.h"
#include "egress/stream_clock.h"

// For tests only: audio and clocks in virtual time.
namespace plenum::egress::audio_testing {

/// A participant's device as the time line sees it. Its wall clock stands anywhere
/// and its sound card runs as it likes.
struct TestSender {
  NtpTime wall_at_zero{0xe000'0000'0000'0000};
  double wall_ppm = 0;

  NtpTime wall(TimePoint t) const {
    return ntp_add(wall_at_zero,
                   Duration(std::llround(static_cast<double>(us(t)) * (1 + wall_ppm / 1e6))));
  }
  static std::int64_t us(TimePoint t) { return t.time_since_epoch().count(); }
};

/// One RTP stream of it.
struct TestStream {
  const TestSender& sender;
  std::uint32_t rate = 48'000;
  std::uint32_t first_timestamp = 0;
  double ppm = 0;

  RtpTime timestamp(TimePoint t) const {
    const double ticks = static_cast<double>(TestSender::us(t)) * rate / 1e6 * (1 + ppm / 1e6);
    return RtpTime(first_timestamp + static_cast<std::uint32_t>(std::llround(ticks)));
  }
  void report(StreamClock& clock, TimePoint t, Duration delay) const {
    clock.handle_sender_report(sender.wall(t), timestamp(t), t + delay);
  }
};

/// What queues add to the least delay. Seeded, so each run is the same.
class Jitter {
 public:
  explicit Jitter(Duration most) : most_(most.count()) {}
  Duration next() { return Duration(std::uniform_int_distribution<std::int64_t>(0, most_)(rng_)); }

 private:
  std::mt19937_64 rng_{7};
  std::int64_t most_;
};

inline double ms(Duration d) { return static_cast<double>(d.count()) / 1000; }

}  // namespace plenum::egress::audio_testing
