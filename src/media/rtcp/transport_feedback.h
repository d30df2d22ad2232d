#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace plenum::rtcp {

/// Transport-wide congestion control feedback, reading side.
/// draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1
enum class FeedbackError : std::uint8_t { truncated, bad_format, no_packets, too_many_packets };

/// The largest status count that is believed; one message can claim 65535 with two bytes each 8191.
inline constexpr std::size_t kMaxFeedbackPackets = 8192;

/// Deltas are in units of 250 µs, reference times in units of 64 ms.
inline constexpr Duration kFeedbackTick = std::chrono::microseconds(250);
inline constexpr Duration kFeedbackReferenceUnit = std::chrono::milliseconds(64);

class TransportFeedbackView {
 public:
  Ssrc sender;
  Ssrc media;
  std::uint16_t base_sequence = 0;
  std::uint16_t packet_count = 0;
  /// Signed 24 bits, wraps every 12.4 days.
  std::int32_t reference_time = 0;
  std::uint8_t feedback_count = 0;

  /// f(std::uint16_t sequence, std::optional<Duration> arrival) for each packet in order; arrival
  /// is on the receiver's clock, modulo 2^24 · 64 ms; nullopt = not received.
  template <class F>
  void for_each(F&& f) const {
    Walk walk(*this);
    std::uint16_t sequence = base_sequence;
    for (std::uint32_t i = 0; i < packet_count; ++i, ++sequence) f(sequence, walk.next());
  }

 private:
  friend Result<TransportFeedbackView, FeedbackError> parse_transport_feedback(Bytes packet);
  /// Decodes status by status; the view was checked, so it cannot run out.
  class Walk {
   public:
    explicit Walk(const TransportFeedbackView& v);
    std::optional<Duration> next();

   private:
    std::uint8_t next_symbol();
    Bytes chunks_;
    Bytes deltas_;
    std::size_t chunk_at_ = 0;
    std::size_t delta_at_ = 0;
    std::uint16_t chunk_ = 0;
    std::uint16_t left_in_chunk_ = 0;
    std::uint16_t position_ = 0;
    Duration time_;
  };
  Bytes chunks_;
  Bytes deltas_;
};

/// `packet` is one whole RTCP packet (TransportWideView::packet). Every chunk and delta is checked
/// here, so that a broken message has no effect at all.
Result<TransportFeedbackView, FeedbackError> parse_transport_feedback(Bytes packet);

}  // namespace plenum::rtcp
