#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/ids.h"

namespace plenum::sfu {

/// Gives one subscriber a gapless stream although what it is made of changes: another simulcast
/// layer, a pause, frames left out. RFC 3550 section 5.1 wants sequence numbers and timestamps of
/// one SSRC to be continuous; VP8 (RFC 7741 section 4.2) wants the same of picture ids.
///
/// No output number is ever given twice: AES-GCM forbids it. A stream that replaced another of the
/// same layer may use the other's input numbers again, hence the epoch that tells them apart.
///
/// History is kept as segments: a run of input sequence numbers that maps to a run of output
/// numbers by one offset. A late packet is mapped by the segment it belongs to; a NACK is mapped
/// back the same way. Remembers kSegments runs, older ones are forgotten (their packets are then
/// neither forwarded late nor retransmitted).
class Rewriter {
 public:
  static constexpr std::size_t kSegments = 64;

  /// A packet's place in the output.
  struct Mapped {
    ExtSeq seq;
    RtpTime timestamp;
    /// To add to the VP8 picture id and TL0PICIDX; modulo their width.
    std::uint16_t picture_id_offset = 0;
    std::uint8_t tl0_offset = 0;
  };
  /// What a sent sequence number was made of.
  struct Source {
    std::uint8_t layer;
    std::uint32_t epoch;
    ExtSeq seq;
    Mapped mapped_base;  // offsets; `seq` holds the output number asked for, `timestamp` the offset
  };

  /// The next forwarded packet is `in_seq` of `layer`, in the stream that is its `epoch`-th:
  /// continue the output there. `in_time` maps to `out_time`. VP8 callers give the input's picture
  /// id and TL0PICIDX at this point.
  void start(std::uint8_t layer, std::uint32_t epoch, ExtSeq in_seq, RtpTime in_time,
             RtpTime out_time, std::uint16_t in_picture_id = 0, std::uint8_t in_tl0 = 0);

  /// Maps a packet of the current layer that shall be forwarded. nullopt: its place is gone.
  /// `picture_id`/`tl0`: VP8 input values, so that the next start() can continue them.
  std::optional<Mapped> forward(ExtSeq in_seq, RtpTime in_time, std::uint16_t picture_id = 0,
                                std::uint8_t tl0 = 0);
  /// The packet shall not be sent and leaves no hole. `ends_picture`: the whole picture is left
  /// out, so that its picture id closes up as well.
  void drop(ExtSeq in_seq, bool ends_picture);

  std::optional<Source> source_of(ExtSeq out_seq) const;

  bool started() const { return count_ > 0; }
  RtpTime last_timestamp() const { return last_out_time_; }
  /// One more than the highest sequence number sent.
  ExtSeq next_sequence() const { return ExtSeq(next_out_); }
  /// Output minus input timestamp of the running segment.
  std::uint32_t timestamp_offset() const { return current_.timestamp_offset; }

 private:
  struct Segment {
    std::uint64_t first_in = 0;
    std::uint64_t last_in = 0;  // inclusive; the running segment's is the highest seen
    std::uint64_t first_out = 0;
    std::uint32_t timestamp_offset = 0;
    std::uint16_t picture_id_offset = 0;
    std::uint8_t tl0_offset = 0;
    std::uint8_t layer = 0;
    std::uint32_t epoch = 0;
  };
  const Segment* find_in(std::uint64_t in) const;
  void close_current();
  Mapped map(const Segment& s, std::uint64_t in, RtpTime in_time) const;

  Segment current_;
  bool current_used_ = false;  // something was forwarded in the running segment
  std::array<Segment, kSegments> past_{};
  std::size_t past_count_ = 0;  // total ever closed; ring index modulo kSegments
  std::size_t count_ = 0;       // number of start() calls
  std::uint64_t next_out_ = 0;
  RtpTime last_out_time_;
  std::uint64_t newest_in_ = 0;
  std::uint16_t last_out_picture_id_ = 0;
  std::uint8_t last_out_tl0_ = 0;
};

}  // namespace plenum::sfu
