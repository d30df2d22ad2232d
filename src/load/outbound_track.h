#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "load/client_description.h"
#include "load/connection.h"
#include "load/media_clips.h"
#include "load/outbound_layer.h"
#include "media/rtcp/writer.h"
#include "media/rtp/extension_map.h"

namespace plenum::load {

enum class Source : std::uint8_t { camera, microphone, screen };

/// What all tracks of one publisher have sent.
struct SendStats {
  std::uint64_t packets = 0, bytes = 0, retransmitted = 0;
  std::uint64_t nacks = 0, plis = 0;
};

/// One published track: repeats its clips in real time, in one or more layers, begins again with
/// the key frame when one is asked for, and answers NACKs.
class OutboundTrack {
 public:
  /// One clip a layer, low to high; they outlive the track.
  OutboundTrack(Source source, const std::string& cid, std::vector<const MediaClip*> clips);

  Source source() const { return source_; }
  const std::string& cid() const { return cid_; }
  const MediaClip& clip(std::size_t layer) const { return layers_[layer].clip(); }
  const std::vector<OutboundLayer>& layers() const { return layers_; }
  /// Empty until the server has said it.
  std::string sid;

  OfferedTrack offered(const std::string& mid);
  /// What the server agreed to. False: it refused the track.
  bool accept(const sdp::MediaSection& answer);
  bool is_accepted() const { return accepted_; }

  void start(TimePoint now, Duration phase) { next_frame_ = now + phase; }
  TimePoint next_frame() const { return muted_ ? kNever : next_frame_; }
  void set_muted(bool muted, TimePoint now);
  bool is_muted() const { return muted_; }
  /// Which layers somebody watches (dynacast), by quality: bit 0 = the lowest.
  void set_wanted_layers(std::uint32_t mask);
  /// dBov without its sign, of the packets to come.
  void set_audio_level(std::uint8_t level) { audio_level_ = level; }

  /// Sends what is due. `transport_seq` counts for the whole connection.
  void send(Connection& c, std::uint16_t& transport_seq, SendStats& stats, TimePoint now,
            NtpTime wall);
  /// The layer with this SSRC; nullptr when none has it.
  OutboundLayer* layer_of(Ssrc ssrc);
  void resend(OutboundLayer& layer, std::uint16_t seq, Connection& c, std::uint16_t& transport_seq,
              SendStats& stats, TimePoint now);
  void write_sender_reports(ByteWriter& w, TimePoint now, NtpTime wall) const;

 private:
  std::size_t write(OutboundLayer& layer, const SentPacket& packet, bool rtx, MutableBytes out,
                    Connection& c, std::uint16_t& transport_seq) const;

  Source source_;
  std::string cid_, mid_;
  std::vector<OutboundLayer> layers_;
  rtp::ExtensionMap extensions_;
  std::uint8_t payload_type_ = 0, rtx_payload_type_ = 0;
  std::uint8_t audio_level_ = 127;
  bool accepted_ = false, muted_ = false;
  TimePoint next_frame_ = kNever;
};

}  // namespace plenum::load
