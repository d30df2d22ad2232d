#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plenum::load {

enum class JitterShape : std::uint8_t { uniform, normal };

/// What one direction of a link does to packets at one moment. The default is a perfect link.
struct LinkConfig {
  Duration delay{};  // one way
  /// uniform: 0…jitter on top of the delay. normal: the delay is the mean and jitter the standard
  /// deviation. Order is kept: who would overtake comes with the one ahead.
  Duration jitter{};
  JitterShape jitter_shape = JitterShape::uniform;
  double loss = 0;              // 0…1
  double mean_burst = 0;        // packets lost in a row, ≥ 1; 0: each by itself
  double duplicate = 0;         // 0…1
  double reorder = 0;           // 0…1, share of packets that are held back while others go on
  Duration reorder_by = 20ms;   // for how long at most
  std::uint64_t rate_bps = 0;   // 0: no limit
  Duration queue = 300ms;       // drop-tail, before a limited rate
  std::size_t queue_bytes = 0;  // the same in bytes; 0: `queue` counts
  std::size_t mtu_bytes = 0;    // longer packets are dropped; 0: no limit
  bool blackhole = false;       // nothing passes
  friend bool operator==(const LinkConfig&, const LinkConfig&) = default;
};

/// A time in which nothing passes, once or again and again.
struct Blackhole {
  Duration from{};  // since the plan began
  Duration length{};
  Duration every{};  // from one beginning to the next; 0: once
  bool covers(Duration at) const;
  friend bool operator==(const Blackhole&, const Blackhole&) = default;
};

/// One direction of a link over time.
struct LinkPlan {
  struct Step {
    Duration at{};      // since the plan began
    LinkConfig link{};  // all of it, not only what changes
    friend bool operator==(const Step&, const Step&) = default;
  };
  LinkConfig link{};
  std::vector<Step> steps{};  // in order of time
  std::vector<Blackhole> blackholes{};
  std::uint64_t seed = 1;
  friend bool operator==(const LinkPlan&, const LinkPlan&) = default;
};

/// Reads settings as in
/// "loss=2%,burst=3,delay=50ms,rate=1mbit,blackhole=10s+5s,at=40s:rate=2.5mbit" on top of `base`;
/// tests/harness/impair/README.md has them all. What stands before the first `at=` holds from the
/// beginning and in every step of `base`; what follows an `at=` holds from then on, and steps in
/// the text take the place of those in `base`. The error is a sentence for who wrote the text.
Result<LinkPlan, std::string> parse_link(std::string_view text, LinkPlan base = {});

/// "50ms", "1.5s", "2min": 0 to 24 hours, in us, ms, s or min. nullopt when it is none.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace plenum::load
