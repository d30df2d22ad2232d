#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "load/media_clips.h"

namespace plenum::load {

/// What it takes to make a packet again: the clip holds the rest.
struct SentPacket {
  ExtSeq seq;
  RtpTime timestamp;
  std::uint32_t frame = 0;  // of the clip
  std::uint32_t part = 0;   // of the frame
  std::uint16_t picture_id = 0;
  std::uint8_t tl0_picture_index = 0;
  NtpTime captured{};
};

/// One layer of a published track: where it is in its clip, how its packets are numbered, and the
/// last of them for retransmission.
class OutboundLayer {
 public:
  OutboundLayer(std::string rid, const MediaClip& clip);

  const std::string& rid() const { return rid_; }
  const MediaClip& clip() const { return *clip_; }
  Ssrc ssrc() const { return ssrc_; }
  Ssrc rtx_ssrc() const { return rtx_ssrc_; }

  /// Begins the next frame, at the clip's beginning if a key frame was asked for.
  void begin_frame(TimePoint now, NtpTime wall);
  /// Its packets, one by one; nullptr behind the last. Remembered for find().
  const SentPacket* next_packet();
  /// One that was sent not long ago.
  const SentPacket* find(std::uint16_t seq) const;
  ExtSeq take_rtx_seq() { return ExtSeq(rtx_seq_++); }
  void request_keyframe() { keyframe_wanted_ = true; }
  /// A frame that is not sent still moves the time on.
  void skip_frame();

  /// The RTP time of `now`, nullopt before the first frame.
  std::optional<RtpTime> rtp_time(TimePoint now) const;

  bool enabled = true;
  /// The server knows the SSRC: mid and rid need not stand in each packet any more.
  bool heard = false;
  std::uint32_t packets = 0, octets = 0;

 private:
  static constexpr std::size_t kRemembered = 512;  // more than a second of a large layer

  std::string rid_;
  const MediaClip* clip_;
  Ssrc ssrc_, rtx_ssrc_;
  std::uint64_t seq_, rtx_seq_;
  std::uint32_t ticks_;  // RTP clock per frame
  std::uint32_t timestamp_;
  std::size_t frame_ = 0;  // the next
  std::uint16_t picture_id_;
  std::uint8_t tl0_picture_index_;
  SentPacket current_;
  std::vector<SentPacket> sent_;
  TimePoint sent_at_ = kNever;
  bool keyframe_wanted_ = true;
};

}  // namespace plenum::load
