#include "media/rtcp/transport_feedback_builder.h"

#include <algorithm>
#include <array>
#include <span>

#include "media/rtcp/compound.h"
#include "media/rtcp/transport_feedback.h"

namespace plenum::rtcp {
namespace {

constexpr std::size_t kInitialHistory = 512;
constexpr std::size_t kMaxHistory = 2048;  // a second of 20 Mbit/s
/// A packet that comes later than this many others is not worth telling of again.
constexpr std::uint64_t kMaxLate = 500;
constexpr std::size_t kMaxStatuses = 512;
constexpr std::size_t kFixedSize = 20;
constexpr std::size_t kMinMessage = 64;
constexpr std::int64_t kTicksPerReferenceUnit = kFeedbackReferenceUnit / kFeedbackTick;

enum Symbol : std::uint8_t { not_received = 0, small_delta = 1, large_delta = 2 };

struct Statuses {
  std::array<std::uint8_t, kMaxStatuses> symbols;
  std::array<std::int16_t, kMaxStatuses> deltas;  // of the received ones, in order
  std::size_t count = 0;
  std::size_t received = 0;
};

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && a % b < 0 ? 1 : 0);
}

/// Section 3.1.3 and 3.1.4: a run where it says more than a vector would, else 14 one-bit symbols
/// if none of them is a large delta, else 7 two-bit ones.
std::size_t write_chunk(ByteWriter& w, std::span<const std::uint8_t> symbols) {
  constexpr std::size_t kMaxRun = 0x1fff;
  std::size_t run = 1;
  while (run < symbols.size() && run < kMaxRun && symbols[run] == symbols[0]) ++run;
  const std::size_t near = std::min<std::size_t>(14, symbols.size());
  const auto first_large = static_cast<std::size_t>(
      std::find(symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(near), large_delta) -
      symbols.begin());
  const bool one_bit = first_large == near;
  const std::size_t in_vector = one_bit ? near : std::min<std::size_t>(7, symbols.size());
  if (run >= in_vector) {
    w.u16((std::uint64_t{symbols[0]} << 13) | run);
    return run;
  }
  std::uint16_t chunk = one_bit ? 0x8000 : 0xc000;
  for (std::size_t i = 0; i < in_vector; ++i)
    chunk = static_cast<std::uint16_t>(
        chunk | (one_bit ? symbols[i] << (13 - i) : symbols[i] << (12 - 2 * i)));
  w.u16(chunk);
  return in_vector;
}

std::size_t write_message(MutableBytes out, const Statuses& s, Ssrc sender, Ssrc media,
                          std::uint16_t base, std::int64_t reference, std::uint8_t number) {
  ByteWriter w(out);
  w.u8(0x80 | kTransportWideFormat);
  w.u8(kTransportFeedback);
  w.u16(0);
  w.u32(sender.value());
  w.u32(media.value());
  w.u16(base);
  w.u16(s.count);
  w.u24(static_cast<std::uint64_t>(reference) & 0xffffff);
  w.u8(number);
  const std::span<const std::uint8_t> symbols(s.symbols.data(), s.count);
  for (std::size_t at = 0; at < s.count;) at += write_chunk(w, symbols.subspan(at));
  std::size_t d = 0;
  for (const std::uint8_t symbol : symbols) {
    if (symbol == not_received) continue;
    const auto delta = static_cast<std::uint16_t>(s.deltas[d++]);
    if (symbol == small_delta)
      w.u8(delta);
    else
      w.u16(delta);
  }
  if (const std::size_t padding = (4 - w.size() % 4) % 4) {
    w.zeros(padding - 1);
    w.u8(padding);
    out[0] |= std::byte{0x20};
  }
  if (!w.ok()) return 0;
  w.patch_u16(2, static_cast<std::uint16_t>(w.size() / 4 - 1));
  return w.size();
}

}  // namespace

TransportFeedbackBuilder::TransportFeedbackBuilder(Config config) : config_(config) {}

void TransportFeedbackBuilder::restart(std::uint64_t seq) {
  if (arrivals_.empty()) arrivals_.resize(kInitialHistory, kNotReceived);
  begin_ = end_ = next_ = seq;
  started_ = true;
}

void TransportFeedbackBuilder::make_room(std::uint64_t seq) {
  while (seq - next_ >= arrivals_.size() && arrivals_.size() < kMaxHistory) {
    std::vector<Ticks> larger(arrivals_.size() * 2, kNotReceived);
    for (std::uint64_t s = begin_; s < end_; ++s) larger[s & (larger.size() - 1)] = slot(s);
    arrivals_.swap(larger);
  }
  if (seq - begin_ >= arrivals_.size()) begin_ = seq - arrivals_.size() + 1;
  next_ = std::max(next_, begin_);
}

void TransportFeedbackBuilder::on_packet(std::uint16_t transport_seq, TimePoint arrival) {
  const std::uint64_t seq = unwrapper_.unwrap(transport_seq).value();
  if (!started_ || (seq >= end_ && seq - end_ >= kMaxHistory)) restart(seq);
  if (seq >= end_) {
    make_room(seq);
    for (std::uint64_t s = std::max(end_, begin_); s < seq; ++s) slot(s) = kNotReceived;
    end_ = seq + 1;
  } else if (seq < begin_ || slot(seq) != kNotReceived) {
    return;  // forgotten, or a duplicate
  } else if (seq < next_) {
    if (next_ - seq > kMaxLate) return;
    next_ = seq;  // it was told to be lost: tell again
  }
  slot(seq) = floor_div(arrival.time_since_epoch().count(), kFeedbackTick.count());
  if (due_ != kNever) return;
  due_ =
      sent_any_ ? std::max(arrival, last_sent_ + config_.interval) : arrival + config_.first_after;
}

std::size_t TransportFeedbackBuilder::poll(TimePoint now, Ssrc sender, Ssrc media,
                                           MutableBytes out) {
  const std::size_t room = std::min(out.size(), config_.max_message_bytes);
  if (now < due_ || room < kMinMessage) return 0;
  // The worst symbol costs two bytes of delta and a seventh of a chunk: 16/7 bytes.
  const std::size_t limit = std::min(kMaxStatuses, (room - kFixedSize - 5) * 7 / 16);

  std::uint64_t first = next_;
  while (first + 1 < end_ && slot(first) == kNotReceived) ++first;
  const std::int64_t reference = floor_div(slot(first), kTicksPerReferenceUnit);
  Ticks previous = reference * kTicksPerReferenceUnit;
  Statuses s;
  for (std::uint64_t seq = next_; seq < end_ && s.count < limit; ++seq) {
    const Ticks at = slot(seq);
    if (at == kNotReceived) {
      s.symbols[s.count++] = not_received;
      continue;
    }
    const Ticks delta = at - previous;
    if (delta < INT16_MIN || delta > INT16_MAX) break;  // goes into a message of its own
    s.symbols[s.count++] = delta >= 0 && delta <= 0xff ? small_delta : large_delta;
    s.deltas[s.received++] = static_cast<std::int16_t>(delta);
    previous = at;
  }
  const std::size_t size =
      write_message(out.first(room), s, sender, media, static_cast<std::uint16_t>(next_), reference,
                    feedback_count_);
  ++feedback_count_;
  next_ += s.count;
  if (next_ >= end_) due_ = kNever;
  last_sent_ = now;
  sent_any_ = true;
  return size;
}

}  // namespace plenum::rtcp
