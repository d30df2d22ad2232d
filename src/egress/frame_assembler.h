#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "egress/depacketizer.h"
#include "egress/jitter_buffer.h"
#include "egress/temporal_gate.h"

namespace plenum::egress {

/// Makes complete, decodable frames of one video stream from its packets in order. A frame ends
/// with the marker bit or where the timestamp changes. After a loss everything is dropped up to the
/// next key frame, unless VP8 or VP9 temporal layers prove that what follows does without.
/// Sans-I/O: after each push the driver pops until empty and asks wants_key_frame().
class FrameAssembler {
 public:
  /// Throws std::invalid_argument for a codec that cannot be composed.
  explicit FrameAssembler(codec::Codec codec);

  void push(Popped popped);
  std::optional<EncodedFrame> pop();

  /// Drops what comes before the next key frame, e.g. after a decoder's error or when a picture
  /// that was not decoded is wanted again.
  void require_key();
  /// True if the publisher must be asked for a key frame now: at the start and while only a key
  /// frame helps, every 500 ms at most.
  bool wants_key_frame(TimePoint now);

  struct Counters {
    std::uint64_t complete = 0;  // given out
    std::uint64_t spoiled = 0;   // begun, but a packet was lost or made no sense
    std::uint64_t dropped = 0;   // complete, but not decodable after a loss
  };
  const Counters& counters() const { return counters_; }

 private:
  void begin(const MediaPacket& packet, bool after_loss);
  void end();
  void on_loss();

  std::unique_ptr<Depacketizer> depacketizer_;
  TemporalGate gate_;
  std::deque<EncodedFrame> ready_;  // one packet ends two frames at most
  /// A frame is begun and its end not seen.
  bool open_ = false;
  bool spoiled_ = false;
  RtpTime timestamp_;
  TimePoint arrival_{};
  bool started_ = false;
  bool waits_for_key_ = true;
  std::optional<TimePoint> asked_;
  Counters counters_;
};

}  // namespace plenum::egress
