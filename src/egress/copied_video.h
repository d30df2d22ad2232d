#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "egress/timed_frame.h"
#include "egress/video_layers.h"

namespace plenum::egress {

/// One video track that is copied: its packets go in, whole frames come out in order with the time
/// they were captured, the first one a key frame. When another simulcast layer is aimed at, the one
/// before goes on until the first key frame of the new one. Sans-I/O.
class CopiedVideo {
 public:
  /// Frames that wait, of one layer; about four times what the delay needs.
  static constexpr std::size_t kMaxWaiting = 240;

  /// As VideoLayers.
  CopiedVideo(std::shared_ptr<ParticipantClock> clock, codec::Codec codec)
      : layers_(std::move(clock), codec, kMaxWaiting) {
    layers_.use(0);
    layers_.allow(0);
  }

  /// The highest layer that may be taken; the first one until then.
  void pin(std::uint8_t highest) { layers_.allow(highest); }

  void handle_packet(std::uint8_t layer, MediaPacket packet, TimePoint now) {
    layers_.handle_packet(layer, std::move(packet), now);
  }
  void handle_sender_report(std::uint8_t layer, const SenderReport& report, TimePoint now) {
    layers_.handle_sender_report(layer, report, now);
  }
  TimePoint next_timeout() const { return layers_.next_timeout(); }
  /// kNever: nothing more is waited for.
  void handle_timeout(TimePoint now) { layers_.handle_timeout(now); }
  /// The publisher must be asked for a key frame of this layer now.
  std::optional<std::uint8_t> wants_key_frame(TimePoint now) {
    return layers_.wants_key_frame(now) ? layers_.aim() : std::nullopt;
  }
  /// What comes before the next key frame is of no use.
  void require_key();
  /// What comes does not continue what was; that stays to be taken.
  void restart() { layers_.restart(); }

  /// What was captured up to `until`. Called late enough for the clocks to be settled.
  std::vector<TimedFrame> take(TimePoint until);

 private:
  void take(std::uint8_t index, TimePoint until, std::vector<TimedFrame>& to);

  VideoLayers layers_;
};

}  // namespace plenum::egress
