#pragma once
#include <cstdint>

#include "media/codec/frame_info.h"

namespace plenum::sfu {

/// Which spatial and temporal layers of one scalable stream (VP9, AV1) a subscriber gets. Pure.
/// Spatial layers are raised at key pictures only (K-SVC: between them upper layers refer to
/// themselves), lowered at the next picture; temporal layers are raised at switching points.
class SvcSelector {
 public:
  enum class Decision : std::uint8_t { forward, drop, ignore };

  void set_target(std::uint8_t max_spatial, std::uint8_t max_temporal);
  void reset() { started_ = false; }
  Decision on_packet(const codec::FrameInfo& frame);
  /// Whether a packet that comes after its turn is of use; changes nothing.
  bool wants_late(const codec::FrameInfo& frame) const {
    return frame.spatial_id <= spatial_ && frame.temporal_id <= temporal_;
  }

  bool started() const { return started_; }
  /// A key picture is needed to start, or to raise the spatial layer.
  bool needs_keyframe() const { return !started_ || (spatial_ < max_spatial_ && higher_exists_); }
  std::uint8_t spatial() const { return spatial_; }

 private:
  std::uint8_t max_spatial_ = 2;
  std::uint8_t max_temporal_ = 0xff;
  std::uint8_t spatial_ = 0;
  std::uint8_t temporal_ = 0xff;
  bool higher_exists_ = false;  // packets above spatial_ were seen since the last key picture
  bool started_ = false;
};

}  // namespace plenum::sfu
