#include "sfu/simulcast_selector.h"

#include <algorithm>

namespace plenum::sfu {

void SimulcastSelector::set_target(std::uint8_t max_spatial, std::uint8_t max_temporal) {
  max_spatial_ = max_spatial;
  max_temporal_ = max_temporal;
}

std::uint8_t SimulcastSelector::wanted() const {
  for (int l = max_spatial_ < 8 ? max_spatial_ : 7; l >= 0; --l)
    if (active_ >> l & 1) return static_cast<std::uint8_t>(l);
  for (std::uint8_t l = 0; l < 8; ++l)
    if (active_ >> l & 1) return l;  // nothing at or below the wish: the smallest there is
  return kNone;
}

std::optional<std::uint8_t> SimulcastSelector::needs_keyframe() const {
  const std::uint8_t w = wanted();
  if (w == kNone || w == current_) return std::nullopt;
  return w;
}

SimulcastSelector::Decision SimulcastSelector::on_packet(std::uint8_t layer,
                                                         const codec::FrameInfo& frame) {
  if (layer != current_) {
    if (!frame.keyframe || !frame.start_of_frame) return Decision::ignore;
    const std::uint8_t w = wanted();
    // Enter the wanted layer, or while there is no picture at all any layer that may be shown.
    const bool enter = layer == w || (current_ == kNone && (layer < max_spatial_ || w == kNone));
    // On the way up a layer in between is already better; on the way down one below the current.
    const bool nearer = current_ != kNone && w != kNone &&
                        ((current_ < layer && layer < w) || (current_ > layer && layer > w));
    if (!enter && !nearer) return Decision::ignore;
    current_ = layer;
    temporal_ = max_temporal_;
    return Decision::switch_and_forward;
  }
  return temporal_allows(frame) ? Decision::forward : Decision::drop;
}

bool SimulcastSelector::temporal_allows(const codec::FrameInfo& frame) {
  // Changes take effect between frames, so that none is cut in the middle.
  if (frame.start_of_frame) {
    if (temporal_ > max_temporal_) temporal_ = max_temporal_;
    if (frame.temporal_id > temporal_ && frame.temporal_id <= max_temporal_ && frame.switching_up)
      temporal_ = frame.temporal_id;
  }
  if (frame.temporal_id > temporal_) return false;
  if (frame.switch_up_temporal_id > temporal_)
    temporal_ = std::min(frame.switch_up_temporal_id, max_temporal_);
  return true;
}

}  // namespace plenum::sfu
