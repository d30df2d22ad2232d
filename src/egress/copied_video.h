#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "egress/frame_assembler.h"
#include "egress/jitter_buffer.h"
#include "egress/participant_clock.h"
#include "egress/relay_reader.h"
#include "egress/stream_clock.h"
#include "egress/timed_frame.h"

namespace plenum::egress {

/// One video track that is copied: its packets go in, whole frames come out in order with the time
/// they were captured, the first one a key frame. Of simulcast layers it is the highest that the
/// publisher sends; when that becomes another one, the one before goes on until the first key frame
/// of the new one. Sans-I/O.
class CopiedVideo {
 public:
  static constexpr std::size_t kMaxLayers = 4;
  /// Frames that wait, of one layer; about four times what the delay needs.
  static constexpr std::size_t kMaxWaiting = 240;
  /// A layer of which nothing has come for so long is not being sent.
  static constexpr Duration kSilent = 2s;

  /// `clock` is shared by the tracks of a participant. Throws std::invalid_argument for a codec
  /// without a depacketizer.
  CopiedVideo(std::shared_ptr<ParticipantClock> clock, codec::Codec codec);

  codec::Codec codec() const { return codec_; }
  /// The highest layer that may be taken; the first one until then.
  void pin(std::uint8_t highest);

  void handle_packet(std::uint8_t layer, MediaPacket packet, TimePoint now);
  void handle_sender_report(std::uint8_t layer, const SenderReport& report, TimePoint now);
  TimePoint next_timeout() const;
  /// kNever: nothing more is waited for.
  void handle_timeout(TimePoint now);
  /// The publisher must be asked for a key frame of this layer now.
  std::optional<std::uint8_t> wants_key_frame(TimePoint now);
  /// What comes before the next key frame is of no use.
  void require_key();
  /// What comes does not continue what was; that stays to be taken.
  void restart();

  /// What was captured up to `until`. Called late enough for the clocks to be settled.
  std::vector<TimedFrame> take(TimePoint until);

 private:
  struct Layer {
    Layer(ParticipantClock& participant, codec::Codec codec);
    StreamClock clock;
    JitterBuffer jitter;
    std::unique_ptr<FrameAssembler> assembler;
    std::deque<EncodedFrame> frames;
    std::optional<TimePoint> heard;
  };

  Layer* layer(std::uint8_t index);
  void choose(TimePoint now);
  void aim_at(std::uint8_t index);
  void collect(Layer& from, TimePoint now);
  void take(Layer& from, TimePoint until, std::vector<TimedFrame>& to);

  std::shared_ptr<ParticipantClock> clock_;
  codec::Codec codec_;
  std::array<std::unique_ptr<Layer>, kMaxLayers> layers_;
  std::uint8_t highest_ = 0;
  /// What is waited for, and what is given out; mostly the same.
  std::uint8_t wanted_ = 0, given_ = 0;
};

}  // namespace plenum::egress
