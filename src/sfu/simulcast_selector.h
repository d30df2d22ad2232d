#pragma once
#include <cstdint>
#include <optional>

#include "media/codec/frame_info.h"

namespace plenum::sfu {

/// Which simulcast layer of a track one subscriber gets. Pure: packets and wishes in, decision
/// out. A layer is entered only at a key frame of that layer, so that no decoder ever sees a frame
/// whose references it does not have.
class SimulcastSelector {
 public:
  static constexpr std::uint8_t kNone = 0xff;

  enum class Decision : std::uint8_t {
    forward,
    /// This packet starts a new layer: forward it and re-base the rewriter.
    switch_and_forward,
    /// Another layer, or before the first key frame: not part of the output.
    ignore,
    /// The current layer, but a temporal layer that is not wanted: leaves no hole.
    drop,
  };

  /// Highest layers wanted. A lower layer serves while a higher one is not there.
  void set_target(std::uint8_t max_spatial, std::uint8_t max_temporal);
  /// Bit i is set while layer i delivers packets.
  void set_active_layers(std::uint8_t mask) { active_ = mask; }
  /// After a pause: the next packet must be a key frame again.
  void reset() {
    current_ = kNone;
    temporal_ = 0;
  }

  Decision on_packet(std::uint8_t layer, const codec::FrameInfo& frame);
  /// Whether a packet of the current layer that comes after its turn is of use; changes nothing.
  bool wants_late(const codec::FrameInfo& frame) const { return frame.temporal_id <= temporal_; }

  /// The layer that shall be forwarded; kNone when no layer is active.
  std::uint8_t wanted() const;
  std::uint8_t current() const { return current_; }
  /// The layer whose key frame is awaited.
  std::optional<std::uint8_t> needs_keyframe() const;

 private:
  bool temporal_allows(const codec::FrameInfo& frame);
  std::uint8_t max_spatial_ = 2;
  std::uint8_t max_temporal_ = 0xff;
  std::uint8_t temporal_ = 0xff;  // highest temporal layer forwarded now
  std::uint8_t active_ = 0;
  std::uint8_t current_ = kNone;
};

}  // namespace plenum::sfu
