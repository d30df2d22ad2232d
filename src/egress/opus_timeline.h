#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"

namespace plenum::egress {

/// Lays the Opus packets of a track on a file's time line, one behind the other without a hole:
/// what is missing (lost, muted, discontinuous transmission) becomes packets of silence, so that
/// players which only count samples keep the time. Packets stay where their stream's clock says to
/// within 20 ms; a sender whose sample clock runs away gains or loses one packet then. Sans-I/O.
class OpusTimeline {
 public:
  static constexpr std::int64_t kRate = 48'000;
  static constexpr Duration kTolerance = 20ms;
  /// What decodes of a packet was captured so much before its timestamp: the encoder's look-ahead
  /// of 312 samples.
  static constexpr Duration kLookahead = 6500us;

  struct Placed {
    /// Of silence, or of the packet that push() got.
    Bytes payload;
    /// In samples of 48 kHz since the beginning of the file.
    std::int64_t at = 0, duration = 0;
  };

  /// One packet, in order; `captured` since the beginning of the file. Empty: it is none, a pause,
  /// or comes too late for what is written already.
  std::vector<Placed> push(Bytes payload, RtpTime timestamp, Duration captured);
  /// Silence up to `until` in whole 20 ms: nothing comes from before that.
  std::vector<Placed> fill(Duration until) { return silence(samples(until), 960); }
  /// As fill(), but to within 2.5 ms.
  std::vector<Placed> finish(Duration until) { return silence(samples(until), 120); }

  /// Where what was placed ends.
  Duration end() const { return Duration(end_ * 1'000'000 / kRate); }

 private:
  static std::int64_t samples(Duration d) { return d.count() * kRate / 1'000'000; }
  std::vector<Placed> silence(std::int64_t until, std::int64_t shortest);

  std::int64_t end_ = 0;
  /// Of the packet that continues the last one.
  std::optional<RtpTime> expected_;
};

}  // namespace plenum::egress
