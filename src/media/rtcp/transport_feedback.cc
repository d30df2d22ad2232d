#include "media/rtcp/transport_feedback.h"

#include <algorithm>

#include "media/rtcp/compound.h"

namespace plenum::rtcp {
namespace {

constexpr std::size_t kFixedSize = 20;  // RTCP header, two SSRCs, base, count, time, count
constexpr std::uint8_t kSmallDelta = 1;
constexpr std::uint8_t kLargeDelta = 2;

constexpr bool is_vector(std::uint16_t chunk) { return (chunk & 0x8000) != 0; }
constexpr bool is_two_bit(std::uint16_t chunk) { return (chunk & 0x4000) != 0; }

constexpr std::uint16_t symbols_in(std::uint16_t chunk) {
  if (!is_vector(chunk)) return chunk & 0x1fff;
  return is_two_bit(chunk) ? 7 : 14;
}

/// Sections 3.1.3 and 3.1.4. 3 is reserved and carries no delta.
constexpr std::uint8_t symbol_at(std::uint16_t chunk, std::uint16_t position) {
  if (!is_vector(chunk)) return static_cast<std::uint8_t>(chunk >> 13 & 3);
  if (is_two_bit(chunk)) return static_cast<std::uint8_t>(chunk >> (12 - 2 * position) & 3);
  return static_cast<std::uint8_t>(chunk >> (13 - position) & 1);
}

constexpr std::size_t delta_size(std::uint8_t symbol) {
  return symbol == kSmallDelta ? 1 : symbol == kLargeDelta ? 2 : 0;
}

/// Bytes of deltas that `n` symbols of a chunk announce.
std::size_t deltas_of(std::uint16_t chunk, std::uint16_t n) {
  if (!is_vector(chunk)) return n * delta_size(symbol_at(chunk, 0));
  std::size_t size = 0;
  for (std::uint16_t i = 0; i < n; ++i) size += delta_size(symbol_at(chunk, i));
  return size;
}

}  // namespace

Result<TransportFeedbackView, FeedbackError> parse_transport_feedback(Bytes packet) {
  if (packet.size() < kFixedSize) return Err{FeedbackError::truncated};
  const std::uint8_t first = be8(packet, 0);
  if (first >> 6 != 2 || (first & 0x1f) != kTransportWideFormat ||
      be8(packet, 1) != kTransportFeedback || 4u * (be16(packet, 2) + 1u) != packet.size())
    return Err{FeedbackError::bad_format};
  std::size_t end = packet.size();
  if (first & 0x20) {
    const std::size_t padding = be8(packet, end - 1);
    if (padding == 0 || padding > end - kFixedSize) return Err{FeedbackError::bad_format};
    end -= padding;
  }
  TransportFeedbackView v;
  v.sender = Ssrc(be32(packet, 4));
  v.media = Ssrc(be32(packet, 8));
  v.base_sequence = be16(packet, 12);
  v.packet_count = be16(packet, 14);
  v.reference_time = static_cast<std::int32_t>(be(packet, 16, 3));
  if (v.reference_time & 0x800000) v.reference_time -= 0x1000000;
  v.feedback_count = be8(packet, 19);
  if (v.packet_count == 0) return Err{FeedbackError::no_packets};
  if (v.packet_count > kMaxFeedbackPackets) return Err{FeedbackError::too_many_packets};

  std::size_t at = kFixedSize;
  std::size_t deltas = 0;
  for (std::size_t left = v.packet_count; left > 0; at += 2) {
    if (end - at < 2) return Err{FeedbackError::truncated};
    const std::uint16_t chunk = be16(packet, at);
    const auto n = static_cast<std::uint16_t>(std::min<std::size_t>(left, symbols_in(chunk)));
    if (n == 0) return Err{FeedbackError::bad_format};  // an empty run would never end
    deltas += deltas_of(chunk, n);
    left -= n;
  }
  if (end - at < deltas) return Err{FeedbackError::truncated};
  v.chunks_ = packet.subspan(kFixedSize, at - kFixedSize);
  v.deltas_ = packet.subspan(at, deltas);
  return v;
}

TransportFeedbackView::Walk::Walk(const TransportFeedbackView& v)
    : chunks_(v.chunks_), deltas_(v.deltas_), time_(v.reference_time * kFeedbackReferenceUnit) {}

std::uint8_t TransportFeedbackView::Walk::next_symbol() {
  if (left_in_chunk_ == 0) {
    chunk_ = be16(chunks_, chunk_at_);
    chunk_at_ += 2;
    left_in_chunk_ = symbols_in(chunk_);
    position_ = 0;
  }
  --left_in_chunk_;
  return symbol_at(chunk_, position_++);
}

std::optional<Duration> TransportFeedbackView::Walk::next() {
  switch (next_symbol()) {
    case kSmallDelta:
      time_ += be8(deltas_, delta_at_++) * kFeedbackTick;
      return time_;
    case kLargeDelta:
      time_ += static_cast<std::int16_t>(be16(deltas_, delta_at_)) * kFeedbackTick;
      delta_at_ += 2;
      return time_;
    default:
      return std::nullopt;
  }
}

}  // namespace plenum::rtcp
