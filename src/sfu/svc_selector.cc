#include "sfu/svc_selector.h"

#include <algorithm>

namespace plenum::sfu {

void SvcSelector::set_target(std::uint8_t max_spatial, std::uint8_t max_temporal) {
  max_spatial_ = max_spatial;
  max_temporal_ = max_temporal;
}

SvcSelector::Decision SvcSelector::on_packet(const codec::FrameInfo& frame) {
  const bool picture_start = frame.start_of_frame && frame.spatial_id == 0;
  if (frame.keyframe && picture_start) {
    started_ = true;
    spatial_ = max_spatial_;
    temporal_ = max_temporal_;
    higher_exists_ = false;
  }
  if (!started_) return Decision::ignore;
  if (picture_start) {
    if (spatial_ > max_spatial_) spatial_ = max_spatial_;
    if (temporal_ > max_temporal_) temporal_ = max_temporal_;
    if (frame.temporal_id > temporal_ && frame.temporal_id <= max_temporal_ && frame.switching_up)
      temporal_ = frame.temporal_id;
  }
  if (frame.spatial_id > spatial_) {
    higher_exists_ = true;
    return Decision::drop;
  }
  if (frame.temporal_id > temporal_) return Decision::drop;
  if (frame.spatial_id == 0 && frame.switch_up_temporal_id > temporal_)
    temporal_ = std::min(frame.switch_up_temporal_id, max_temporal_);
  return Decision::forward;
}

}  // namespace plenum::sfu
