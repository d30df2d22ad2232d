#pragma once
#include "base/time.h"

namespace plenum::rtcp {

/// Decides when a picture loss indication (RFC 4585 section 6.3.1) may go to a publisher: many
/// subscribers ask, one request each interval is sent. Sans-I/O.
class KeyframeThrottle {
 public:
  struct Config {
    Duration min_interval = std::chrono::milliseconds(500);
  };
  KeyframeThrottle() = default;
  explicit KeyframeThrottle(Config config) : config_(config) {}

  /// A subscriber needs a key frame.
  void handle_request(TimePoint now);
  /// One has come: who waits for it is served.
  void handle_keyframe() { pending_ = false; }
  /// True: send a request now.
  bool poll(TimePoint now);
  /// When poll() will say yes; kNever while nobody waits.
  TimePoint next_timeout() const { return pending_ ? due_ : kNever; }

 private:
  Config config_;
  bool pending_ = false;
  bool sent_any_ = false;
  TimePoint last_sent_{};
  TimePoint due_{};
};

}  // namespace plenum::rtcp
