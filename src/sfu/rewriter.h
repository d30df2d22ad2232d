#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "base/ids.h"

namespace plenum::sfu {

/// What a packet says of its picture besides its timestamp; 0 where the codec has no such thing.
struct PictureNumbers {
  std::uint16_t id = 0;
  std::uint8_t tl0 = 0;  // TL0PICIDX
  std::uint16_t frame_number = 0;
};

/// Gives one subscriber a gapless stream although what it is made of changes: another simulcast
/// layer, a pause, frames left out. RFC 3550 section 5.1 wants sequence numbers and timestamps of
/// one SSRC to be continuous; VP8 (RFC 7741 section 4.2) wants the same of picture ids, and who
/// reads dependency descriptors takes a key frame with a lower frame number for an old one.
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
    /// To add to the PictureNumbers; modulo the width on the wire.
    std::uint16_t picture_id_offset = 0;
    std::uint8_t tl0_offset = 0;
    std::uint16_t frame_number_offset = 0;
    /// Highest spatial layer that was sent then.
    std::uint8_t spatial = 0;
  };
  /// What a sent sequence number was made of.
  struct Source {
    std::uint8_t layer;
    std::uint32_t epoch;
    ExtSeq seq;
    Mapped mapped_base;  // offsets; `seq` holds the output number asked for, `timestamp` the offset
  };

  /// The next forwarded packet is `in_seq` of `layer`, in the stream that is its `epoch`-th:
  /// continue the output there. `in_time` maps to `out_time`.
  void start(std::uint8_t layer, std::uint32_t epoch, ExtSeq in_seq, RtpTime in_time,
             RtpTime out_time, const PictureNumbers& in = {});

  /// Maps a packet of the current layer that shall be forwarded. nullopt: its place is gone.
  /// `picture` is what the next start() continues.
  std::optional<Mapped> forward(ExtSeq in_seq, RtpTime in_time, const PictureNumbers& picture = {});
  /// The packet shall not be sent and leaves no hole. `ends_picture`: the whole picture is left
  /// out, so that its picture id closes up as well.
  void drop(ExtSeq in_seq, bool ends_picture);
  /// Spatial layers up to this one are sent from the next packet on.
  void set_spatial(std::uint8_t spatial);

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
    std::uint16_t frame_number_offset = 0;
    std::uint8_t tl0_offset = 0;
    std::uint8_t layer = 0;
    std::uint8_t spatial = 0;
    std::uint32_t epoch = 0;
  };
  const Segment* find_in(std::uint64_t in) const;
  void close_current();
  void begin_at(std::uint64_t first_in);
  Mapped map(const Segment& s, std::uint64_t in, RtpTime in_time) const;

  Segment current_;
  bool current_used_ = false;   // something was forwarded in the running segment
  std::size_t past_count_ = 0;  // total ever closed; ring index modulo kSegments
  std::size_t count_ = 0;       // number of start() calls
  std::uint64_t next_out_ = 0;
  RtpTime last_out_time_;
  std::uint64_t newest_in_ = 0;
  PictureNumbers last_out_;
  std::array<Segment, kSegments> past_{};  // last: what each packet needs stands close together
};

}  // namespace plenum::sfu
