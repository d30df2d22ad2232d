#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/rtp/unwrap.h"

namespace plenum::rtcp {

/// Transport-wide congestion control feedback, writing side: notes when each packet of a transport
/// arrived and tells the sender. draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.
/// Sans-I/O. One for each peer.
class TransportFeedbackBuilder {
 public:
  struct Config {
    Duration interval = std::chrono::milliseconds(50);
    /// The first feedback comes sooner: a sender starts its upper simulcast layers only after it.
    Duration first_after = std::chrono::milliseconds(20);
    std::size_t max_message_bytes = 1200;
  };
  TransportFeedbackBuilder() : TransportFeedbackBuilder(Config()) {}
  explicit TransportFeedbackBuilder(Config config);

  void on_packet(std::uint16_t transport_seq, TimePoint arrival);
  /// kNever while there is nothing to tell.
  TimePoint next_timeout() const { return due_; }
  /// Writes one RTCP packet and returns its size; call again until it returns 0. 0 before
  /// next_timeout(), or when `out` is too small for any message (it wants 64 bytes or more).
  std::size_t poll(TimePoint now, Ssrc sender, Ssrc media, MutableBytes out);

 private:
  /// In units of 250 µs.
  using Ticks = std::int64_t;
  static constexpr Ticks kNotReceived = INT64_MIN;

  Ticks& slot(std::uint64_t seq) { return arrivals_[seq & (arrivals_.size() - 1)]; }
  void make_room(std::uint64_t seq);
  void restart(std::uint64_t seq);

  Config config_;
  rtp::SequenceUnwrapper unwrapper_;
  std::vector<Ticks> arrivals_;  // ring by sequence number; holds [begin_, end_); empty at first
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;
  std::uint64_t next_ = 0;  // first number that the next message tells of
  TimePoint due_ = kNever;
  TimePoint last_sent_{};
  bool started_ = false;
  bool sent_any_ = false;
  std::uint8_t feedback_count_ = 0;
};

}  // namespace plenum::rtcp
