#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "base/time.h"
#include "egress/media_packet.h"

namespace plenum::egress {

/// A packet whose turn has come.
struct Popped {
  MediaPacket packet;
  /// Something between the packet given out before and this one is lost for good.
  bool after_gap = false;
};

/// Puts the packets of one stream in order. A missing packet is waited for until `wait` has passed
/// since the first packet behind it came; then there is a gap. Duplicates and what comes later than
/// its turn are dropped. Packets without payload fill their place and are not given out.
/// Sans-I/O; the driver pops until empty after each push and at next_timeout().
class JitterBuffer {
 public:
  struct Config {
    Duration wait = std::chrono::milliseconds(200);
    /// What is kept at most. A full buffer waits no longer; if nobody pops, the oldest packets go.
    std::size_t max_packets = 2048;
    std::size_t max_bytes = 8 * 1024 * 1024;
  };
  JitterBuffer() : JitterBuffer(Config()) {}
  explicit JitterBuffer(Config config) : config_(config) {}

  void push(MediaPacket packet);
  /// The next packet in order; nullopt while it is missing and may still come.
  std::optional<Popped> pop(TimePoint now);
  /// When pop() has something to give even if nothing else comes; kNever if nothing is kept.
  TimePoint next_timeout() const;

  std::size_t packets() const { return packets_.size(); }
  std::size_t bytes() const { return bytes_; }
  /// Duplicates, and packets that came after their turn.
  std::uint64_t dropped() const { return dropped_; }

 private:
  bool full() const {
    return packets_.size() >= config_.max_packets || bytes_ >= config_.max_bytes;
  }
  bool front_is_next() const { return !next_ || packets_.begin()->first == *next_; }
  MediaPacket take_front();
  /// Sets missing_since_ by what is kept now.
  void look_for_gap();

  Config config_;
  std::map<std::uint64_t, MediaPacket> packets_;  // by sequence number
  std::size_t bytes_ = 0;
  std::optional<std::uint64_t> next_;  // unset until the first pop: any order may begin a stream
  /// Arrival of the earliest packet behind the missing one; unset while none is missing.
  std::optional<TimePoint> missing_since_;
  bool gap_ = false;  // to be told with the next packet given out
  std::uint64_t dropped_ = 0;
};

}  // namespace plenum::egress
