#include "sfu/rewriter.h"

#include "base/crypto.h"

namespace plenum::sfu {

void Rewriter::start(std::uint8_t layer, std::uint32_t epoch, ExtSeq in_seq, RtpTime in_time,
                     RtpTime out_time, const PictureNumbers& in) {
  if (count_ == 0) {
    // A random start as RFC 3550 section 5.1 asks; below 2^16 because a receiver of SRTP takes the
    // rollover counter as 0 (RFC 3711 section 3.3.1), and with the first wrap far away.
    next_out_ = 1 + (crypto::random_u32() & 0x3fff);
    last_out_ = {static_cast<std::uint16_t>(in.id - 1), static_cast<std::uint8_t>(in.tl0 - 1),
                 static_cast<std::uint16_t>(in.frame_number - 1)};
  } else {
    close_current();
  }
  ++count_;
  current_ = Segment{.first_in = in_seq.value(),
                     .last_in = in_seq.value(),
                     .first_out = next_out_,
                     .timestamp_offset = out_time.value() - in_time.value(),
                     .picture_id_offset = static_cast<std::uint16_t>(last_out_.id + 1 - in.id),
                     .frame_number_offset =
                         static_cast<std::uint16_t>(last_out_.frame_number + 1 - in.frame_number),
                     .tl0_offset = static_cast<std::uint8_t>(last_out_.tl0 + 1 - in.tl0),
                     .layer = layer,
                     .epoch = epoch};
  current_used_ = false;
  newest_in_ = in_seq.value() - 1;
}

std::optional<Rewriter::Mapped> Rewriter::forward(ExtSeq in_seq, RtpTime in_time,
                                                  const PictureNumbers& picture) {
  const std::uint64_t in = in_seq.value();
  if (in > newest_in_) {
    newest_in_ = in;
    current_.last_in = in;
    current_used_ = true;
    next_out_ = current_.first_out + (in - current_.first_in) + 1;
    const Mapped m = map(current_, in, in_time);
    last_out_time_ = m.timestamp;
    last_out_ = {static_cast<std::uint16_t>(picture.id + m.picture_id_offset),
                 static_cast<std::uint8_t>(picture.tl0 + m.tl0_offset),
                 static_cast<std::uint16_t>(picture.frame_number + m.frame_number_offset)};
    return m;
  }
  const Segment* s = find_in(in);
  if (!s) return std::nullopt;
  return map(*s, in, in_time);
}

void Rewriter::drop(ExtSeq in_seq, bool ends_picture) {
  const std::uint64_t in = in_seq.value();
  if (in <= newest_in_) return;  // late: its hole in the output is already there
  if (in == newest_in_ + 1 && !current_used_) {
    // Nothing was forwarded since the segment began: just begin later.
    current_.first_in = in + 1;
    current_.last_in = in;
  } else {
    // Holes before `in` (lost on the way to us) keep their places in the closed segment.
    current_.last_in = in - 1;
    next_out_ = current_.first_out + (in - current_.first_in);
    begin_at(in + 1);
  }
  newest_in_ = in;
  if (ends_picture)
    current_.picture_id_offset = static_cast<std::uint16_t>(current_.picture_id_offset - 1);
}

void Rewriter::set_spatial(std::uint8_t spatial) {
  if (spatial == current_.spatial) return;
  if (current_used_) begin_at(newest_in_ + 1);
  current_.spatial = spatial;
}

/// The next segment of the same stream, by the same offsets.
void Rewriter::begin_at(std::uint64_t first_in) {
  past_[past_count_++ % kSegments] = current_;
  current_.first_in = first_in;
  current_.last_in = first_in - 1;
  current_.first_out = next_out_;
  current_used_ = false;
}

std::optional<Rewriter::Source> Rewriter::source_of(ExtSeq out_seq) const {
  const std::uint64_t out = out_seq.value();
  auto test = [&](const Segment& s) -> std::optional<Source> {
    if (s.last_in < s.first_in || out < s.first_out || out - s.first_out > s.last_in - s.first_in)
      return std::nullopt;
    return Source{s.layer, s.epoch, ExtSeq(s.first_in + (out - s.first_out)),
                  Mapped{out_seq, RtpTime(s.timestamp_offset), s.picture_id_offset, s.tl0_offset,
                         s.frame_number_offset, s.spatial}};
  };
  if (count_ == 0) return std::nullopt;
  if (auto found = test(current_)) return found;
  const std::size_t n = past_count_ < kSegments ? past_count_ : kSegments;
  for (std::size_t i = 0; i < n; ++i)
    if (auto found = test(past_[(past_count_ - 1 - i) % kSegments])) return found;
  return std::nullopt;
}

const Rewriter::Segment* Rewriter::find_in(std::uint64_t in) const {
  const auto same_stream = [&](const Segment& s) {
    return s.layer == current_.layer && s.epoch == current_.epoch;
  };
  const auto holds = [&](const Segment& s) { return in >= s.first_in && in <= s.last_in; };
  if (count_ == 0) return nullptr;
  if (holds(current_)) return &current_;
  const std::size_t n = past_count_ < kSegments ? past_count_ : kSegments;
  for (std::size_t i = 0; i < n; ++i) {
    const Segment& s = past_[(past_count_ - 1 - i) % kSegments];
    if (!same_stream(s)) return nullptr;  // beyond a switch: too late to matter
    if (holds(s)) return &s;
  }
  return nullptr;
}

void Rewriter::close_current() {
  if (current_used_) past_[past_count_++ % kSegments] = current_;
}

Rewriter::Mapped Rewriter::map(const Segment& s, std::uint64_t in, RtpTime in_time) const {
  return Mapped{ExtSeq(s.first_out + (in - s.first_in)),
                RtpTime(in_time.value() + s.timestamp_offset),
                s.picture_id_offset,
                s.tl0_offset,
                s.frame_number_offset,
                s.spatial};
}

}  // namespace plenum::sfu
