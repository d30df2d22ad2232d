#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "egress/frame_assembler.h"
#include "egress/jitter_buffer.h"
#include "egress/media_source.h"
#include "egress/participant_clock.h"
#include "egress/relay_reader.h"
#include "egress/stream_clock.h"
#include "egress/video_decoder.h"

namespace plenum::egress {

/// One video track: its packets go in, its picture at any time comes out. Frames wait encoded and
/// are decoded when their time has come. Of the layers that may be shown it is the highest that the
/// publisher sends; when that becomes another one, the picture of the one before stays until the
/// first key frame of the new one is decoded. Sans-I/O.
class VideoInput {
 public:
  static constexpr std::size_t kMaxLayers = 4;
  /// Encoded frames that wait, of one layer; about three times what the delay needs.
  static constexpr std::size_t kMaxWaiting = 120;
  /// A layer of which nothing has come for so long is not being sent,
  static constexpr Duration kSilent = 2s;
  /// nor one of which nothing came while one below it brought so many pictures.
  static constexpr std::uint64_t kOvertaken = 10;

  /// `clock` is shared by the tracks of a participant, which may outlive it by a moment. Throws
  /// std::invalid_argument or std::runtime_error for a codec that cannot be composed.
  VideoInput(std::shared_ptr<ParticipantClock> clock, codec::Codec codec);

  /// From now on this layer is to be shown, or one below it; nullopt: the track is not.
  void want(std::optional<std::uint8_t> highest);
  /// The layer that it waits for, or shows.
  std::optional<std::uint8_t> wanted() const { return wanted_; }

  /// Of layers nobody wants only the times are looked at.
  void handle_packet(std::uint8_t layer, MediaPacket packet, TimePoint now);
  void handle_sender_report(std::uint8_t layer, const SenderReport& report, TimePoint now);
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);
  /// The publisher must be asked for a key frame of wanted() now.
  bool wants_key_frame(TimePoint now);

  /// Decodes what was captured up to `until`, which grows; the newest picture, null if there is
  /// none. Valid until the next call.
  const TimedPicture* advance(TimePoint until);

 private:
  struct Layer {
    Layer(ParticipantClock& participant, codec::Codec codec);
    StreamClock clock;
    JitterBuffer jitter;
    std::unique_ptr<FrameAssembler> assembler;
    std::unique_ptr<VideoDecoder> decoder;
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
  bool is_needed(std::uint8_t index) const { return index == wanted_ || index == shown_; }
  void collect(Layer& from, TimePoint now);
  void advance(std::uint8_t index, TimePoint until);
  bool decode(Layer& from, const EncodedFrame& frame);

  std::shared_ptr<ParticipantClock> clock_;
  codec::Codec codec_;
  std::array<std::unique_ptr<Layer>, kMaxLayers> layers_;
  std::optional<std::uint8_t> highest_, wanted_, shown_;
  std::optional<DecodedPicture> decoded_;
  TimedPicture picture_;
};

}  // namespace plenum::egress
