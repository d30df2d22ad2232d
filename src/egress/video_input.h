#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "egress/media_source.h"
#include "egress/video_decoder.h"
#include "egress/video_layers.h"

namespace plenum::egress {

/// One video track: its packets go in, its picture at any time comes out. Frames wait encoded and
/// are decoded when their time has come. When another simulcast layer is aimed at, the picture of
/// the one before stays until the first key frame of the new one is decoded. Sans-I/O.
class VideoInput {
 public:
  /// Encoded frames that wait, of one layer; about three times what the delay needs.
  static constexpr std::size_t kMaxWaiting = 120;

  /// As VideoLayers; throws std::runtime_error as well for a codec that cannot be composed.
  VideoInput(std::shared_ptr<ParticipantClock> clock, codec::Codec codec);

  /// From now on this layer is to be shown, or one below it; nullopt: the track is not.
  void want(std::optional<std::uint8_t> highest) { layers_.allow(highest); }
  /// The layer that it waits for, or shows.
  std::optional<std::uint8_t> wanted() const { return layers_.aim(); }

  void handle_packet(std::uint8_t layer, MediaPacket packet, TimePoint now) {
    layers_.handle_packet(layer, std::move(packet), now);
  }
  void handle_sender_report(std::uint8_t layer, const SenderReport& report, TimePoint now) {
    layers_.handle_sender_report(layer, report, now);
  }
  TimePoint next_timeout() const { return layers_.next_timeout(); }
  void handle_timeout(TimePoint now) { layers_.handle_timeout(now); }
  /// The publisher must be asked for a key frame of wanted() now.
  bool wants_key_frame(TimePoint now) { return layers_.wants_key_frame(now); }

  /// Decodes what was captured up to `until`, which grows; the newest picture, null if there is
  /// none. Valid until the next call.
  const TimedPicture* advance(TimePoint until);

 private:
  void advance(std::uint8_t index, TimePoint until);
  bool decode(std::uint8_t index, const EncodedFrame& frame);

  codec::Codec codec_;
  VideoLayers layers_;
  std::array<std::unique_ptr<VideoDecoder>, VideoLayers::kMaxLayers> decoders_;
  std::optional<DecodedPicture> decoded_;
  TimedPicture picture_;
};

}  // namespace plenum::egress
