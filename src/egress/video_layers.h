#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "egress/frame_assembler.h"
#include "egress/jitter_buffer.h"
#include "egress/participant_clock.h"
#include "egress/relay_reader.h"
#include "egress/stream_clock.h"

namespace plenum::egress {

/// One video track before it is decoded: packets of its simulcast layers go in, and whole frames
/// wait in order. Of the layers that are allowed it aims at the highest that the publisher sends;
/// the one in use goes on until its user takes to another, at a key frame. Of the rest only the
/// times are looked at. Sans-I/O.
class VideoLayers {
 public:
  static constexpr std::size_t kMaxLayers = 4;
  /// A layer of which nothing has come for so long is not being sent,
  static constexpr Duration kSilent = 2s;
  /// nor one of which nothing came while one below it brought so many pictures.
  static constexpr std::uint64_t kOvertaken = 10;

  /// `clock` is shared by the tracks of a participant, which may outlive it by a moment. At most
  /// `most_waiting` frames wait of a layer. Throws std::invalid_argument for a codec without a
  /// depacketizer.
  VideoLayers(std::shared_ptr<ParticipantClock> clock, codec::Codec codec,
              std::size_t most_waiting);

  /// The highest layer that may be taken; nullopt: none is.
  void allow(std::optional<std::uint8_t> highest);
  std::optional<std::uint8_t> aim() const { return aim_; }
  std::optional<std::uint8_t> in_use() const { return in_use_; }
  /// From now on this one; frames of the one before are of no use any more.
  void use(std::uint8_t index);

  void handle_packet(std::uint8_t index, MediaPacket packet, TimePoint now);
  void handle_sender_report(std::uint8_t index, const SenderReport& report, TimePoint now);
  TimePoint next_timeout() const;
  /// kNever: nothing more is waited for.
  void handle_timeout(TimePoint now);
  /// The publisher must be asked for a key frame of aim() now.
  bool wants_key_frame(TimePoint now);
  /// What comes does not continue what was; that stays to be taken.
  void restart();

  /// Those that wait, oldest first. An index below kMaxLayers, here and below.
  std::deque<EncodedFrame>& frames(std::uint8_t index) { return layer(index)->frames; }
  TimePoint capture_time(std::uint8_t index, RtpTime timestamp) {
    return layer(index)->clock.capture_time(timestamp);
  }
  /// What comes before the next key frame is of no use.
  void require_key(std::uint8_t index);

 private:
  struct Layer {
    Layer(ParticipantClock& participant, codec::Codec codec);
    StreamClock clock;
    JitterBuffer jitter;
    std::unique_ptr<FrameAssembler> assembler;
    std::deque<EncodedFrame> frames;
    std::optional<TimePoint> heard;
    std::optional<RtpTime> newest;
    /// Begun so far.
    std::uint64_t pictures = 0;
    /// Those of the layers below when this one was last heard.
    std::array<std::uint64_t, kMaxLayers> pictures_below{};
  };

  Layer* layer(std::uint8_t index);
  void note_arrival(std::uint8_t index, RtpTime timestamp, TimePoint now);
  bool is_sent(std::uint8_t index, TimePoint now) const;
  void choose(TimePoint now);
  void aim_at(std::optional<std::uint8_t> index);
  void begin_anew(Layer& l) const;
  void collect(Layer& from, TimePoint now);

  std::shared_ptr<ParticipantClock> clock_;
  codec::Codec codec_;
  std::size_t most_waiting_;
  std::array<std::unique_ptr<Layer>, kMaxLayers> layers_;
  std::optional<std::uint8_t> highest_, aim_, in_use_;
};

}  // namespace plenum::egress
