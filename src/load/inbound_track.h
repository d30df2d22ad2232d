#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "load/frame_assembler.h"
#include "load/freeze_detector.h"
#include "load/histogram.h"
#include "media/codec/codec.h"
#include "media/rtcp/nack_tracker.h"
#include "media/rtcp/writer.h"
#include "media/rtp/arrival_stats.h"
#include "media/rtp/extensions.h"
#include "media/rtp/unwrap.h"
#include "media/sdp/description.h"

namespace plenum::load {

/// What all tracks of one subscriber have seen; delays in microseconds.
struct ReceiveStats {
  Histogram video_delay, audio_delay;
  std::uint64_t packets = 0, bytes = 0, recovered = 0;
  /// Final: expected but never seen.
  std::int64_t lost = 0;
  std::uint64_t frames = 0, keyframes = 0;
  std::uint64_t freezes = 0;
  Duration frozen{}, longest_freeze{};
  /// Video was watched for so long, all tracks together.
  Duration watched{};
  std::uint64_t layer_switches = 0;
  std::uint64_t nacks = 0, plis = 0;
  /// When the first frame could be shown, and the first packet of a sound was there.
  TimePoint first_frame = kNever, first_audio = kNever;
};

/// One track as a viewer has it: which packets are missing and asked for again, when frames can be
/// shown, when the picture stands still. Sans-I/O.
class InboundTrack {
 public:
  /// `section` sends; `stats` outlives the track.
  InboundTrack(const sdp::MediaSection& section, ReceiveStats& stats);

  const std::string& sid() const { return sid_; }
  const std::string& mid() const { return mid_; }
  Ssrc ssrc() const { return ssrc_; }
  std::optional<Ssrc> rtx_ssrc() const { return rtx_ssrc_; }
  bool is_video() const { return video_; }
  const rtp::ExtensionMap& extensions() const { return extensions_; }

  /// A plaintext packet of this track's SSRC or of the one for retransmissions; may be changed.
  void on_packet(MutableBytes packet, rtp::Header header, const rtp::ExtensionsView& extensions,
                 TimePoint now, NtpTime wall);
  void on_sender_report(NtpTime ntp, TimePoint now) { reception_.on_sender_report(ntp, now); }
  /// What comes next is unrelated to what came: muted, paused or hidden.
  void pause();
  /// Nothing comes any more; what is left is counted.
  void finish(TimePoint now);

  /// Adds the requests that are due: NACKs and key frames.
  void write_feedback(ByteWriter& w, Ssrc sender, TimePoint now);
  TimePoint next_feedback() const;
  std::optional<rtcp::ReportBlock> report(TimePoint now);
  /// Expected but not seen so far.
  std::int64_t lost() const { return reception_.lost(); }

 private:
  std::optional<codec::Codec> codec_of(std::uint8_t payload_type) const;
  bool undo_rtx(MutableBytes& packet, rtp::Header& header);
  void on_video(codec::Codec codec, Bytes payload, const rtp::Header& header, ExtSeq seq,
                NtpTime captured, TimePoint now, NtpTime wall);
  void on_frame(const CompleteFrame& frame, TimePoint now, NtpTime wall);
  void count_freeze(Duration freeze);

  struct Format {
    std::uint8_t payload_type;
    codec::Codec codec;
    std::optional<std::uint8_t> rtx;
  };
  ReceiveStats& stats_;
  std::string sid_, mid_;
  Ssrc ssrc_{};
  std::optional<Ssrc> rtx_ssrc_;
  bool video_ = false, nacks_ = false;
  rtp::ExtensionMap extensions_;
  std::vector<Format> formats_;
  rtp::SequenceUnwrapper unwrapper_;
  rtp::ReceptionStats reception_;
  rtcp::NackTracker nack_;
  FrameAssembler assembler_;
  FreezeDetector freeze_;
  std::uint16_t width_ = 0, height_ = 0;
  TimePoint next_pli_ = kNever, last_frame_ = kNever;
};

}  // namespace plenum::load
