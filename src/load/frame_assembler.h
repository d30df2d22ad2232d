#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace plenum::load {

/// What one packet of a video says of its frame.
struct FramePacket {
  ExtSeq seq;
  RtpTime timestamp;
  bool padding_only = false;
  bool start = false;
  bool end = false;
  bool keyframe = false;
  /// On key frames if the packet tells, else 0.
  std::uint16_t width = 0, height = 0;
  /// Empty = the packet does not tell.
  NtpTime captured{};
};

/// A frame of which every packet is there and that can be decoded.
struct CompleteFrame {
  RtpTime timestamp;
  bool keyframe = false;
  std::uint16_t width = 0, height = 0;
  NtpTime captured{};
};

/// Says when a viewer could show which frame: packets come in any order, frames leave in theirs,
/// the first being a key frame. A hole holds frames back until it is filled or a whole key frame
/// stands behind it. Allocates only while packets are missing. Sans-I/O.
class FrameAssembler {
 public:
  void on_packet(const FramePacket& packet);
  /// The next complete frame; call until there is none.
  std::optional<CompleteFrame> poll();

  /// No frame can be decoded before the next key frame.
  bool needs_keyframe() const { return !decodable_; }
  /// Packets are held back behind a hole.
  bool is_blocked() const { return !waiting_.empty(); }
  /// What comes next is unrelated to what came (the stream was paused).
  void restart();

 private:
  /// Far more than a frame; then the hole will not be filled.
  static constexpr std::size_t kMaxWaiting = 1024;

  void insert(const FramePacket& packet);
  void consume(const FramePacket& packet);
  void skip_to_keyframe();

  std::vector<FramePacket> waiting_;  // ascending; all behind a hole
  std::vector<CompleteFrame> ready_;
  std::size_t taken_ = 0;
  std::optional<std::uint64_t> next_;
  CompleteFrame frame_;
  bool in_frame_ = false;
  bool decodable_ = false;
};

}  // namespace plenum::load
