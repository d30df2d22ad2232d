#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace plenum::rtcp {

/// Decides which lost packets to ask for again. Generic NACK, RFC 4585 section 6.2.1.
/// Sans-I/O: time comes in, requests come out; it owns no timer and no socket.
class NackTracker {
 public:
  struct Config {
    /// A hole is asked for after this time, or as soon as `reorder_packets` later numbers have
    /// come, whichever is first: until then it may only be reordering.
    Duration reorder_tolerance = std::chrono::milliseconds(20);
    std::uint32_t reorder_packets = 2;
    std::uint8_t max_requests = 4;
    /// More holes than this are not worth asking for: a key frame is cheaper.
    std::size_t max_missing = 1000;
  };
  NackTracker() : NackTracker(Config()) {}
  explicit NackTracker(Config config) : config_(config) {}

  /// Any packet of the stream, retransmissions included. True: it fills a hole.
  bool on_packet(ExtSeq seq, TimePoint now);
  /// Requests are repeated a round trip apart.
  void on_rtt(Duration rtt) { rtt_ = rtt; }
  /// Holes before this packet (the first of a key frame) need not be filled any more.
  void forget_before(ExtSeq seq);

  /// When poll() next has something to say; kNever while nothing is missing.
  TimePoint next_timeout() const { return next_; }
  /// Fills `out` with the sequence numbers to ask for now, ascending; returns how many.
  std::size_t poll(TimePoint now, std::span<ExtSeq> out);

  /// True once after so much was lost that the list was dropped.
  bool take_keyframe_needed();
  std::size_t missing() const { return missing_.size(); }
  /// Holes that were asked for in vain.
  std::uint64_t given_up() const { return given_up_; }

 private:
  struct Hole {
    ExtSeq seq;
    TimePoint due;
    std::uint8_t requests = 0;
  };
  void add_holes(std::uint64_t first, std::uint64_t last, TimePoint now);
  void hasten_reordered(TimePoint now);
  Duration repeat_interval() const;
  void find_next();

  Config config_;
  Duration rtt_ = std::chrono::milliseconds(100);
  std::vector<Hole> missing_;  // ascending by seq
  std::uint64_t highest_ = 0;
  std::uint64_t given_up_ = 0;
  TimePoint next_ = kNever;
  bool started_ = false;
  bool keyframe_needed_ = false;
};

}  // namespace plenum::rtcp
