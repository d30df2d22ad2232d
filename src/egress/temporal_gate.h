#pragma once
#include <cstdint>
#include <optional>

#include "egress/depacketizer.h"

namespace plenum::egress {

/// Tells which frames of a stream can be decoded although frames before them were lost, by what VP8
/// and VP9 say about temporal layers: the base layer refers to itself only, and no layer to a
/// higher one. Without such words a loss means that nothing can be decoded up to the next key
/// frame.
class TemporalGate {
 public:
  enum class Verdict : std::uint8_t {
    decodable,
    /// It may refer to a lost frame; the base layer is whole.
    skip,
    needs_key_frame,
  };
  /// One frame or more may be missing before the next one.
  void on_loss() { in_doubt_ = true; }
  /// Whether the stream says anything that could prove a frame decodable after a loss.
  bool may_prove() const { return latest_ && (latest_->picture_id || tl0_picture_index_); }
  /// For each complete frame in order, from a key frame on.
  Verdict judge(const JoinedFrame& frame, RtpTime timestamp);

 private:
  bool base_is_whole(const FramePosition& p, RtpTime timestamp);
  void remember(const FramePosition& p, RtpTime timestamp);

  std::optional<FramePosition> latest_;
  RtpTime latest_timestamp_;
  std::optional<std::uint8_t> tl0_picture_index_;  // of the latest base layer frame
  std::uint8_t highest_whole_layer_ = 0;           // higher ones may refer to lost frames
  bool in_doubt_ = false;
};

}  // namespace plenum::egress
