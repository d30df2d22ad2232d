#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/buffer.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/peer/negotiation_types.h"
#include "media/rtcp/compound.h"
#include "media/rtcp/nack_tracker.h"
#include "media/rtcp/transport_feedback_builder.h"
#include "media/rtp/arrival_stats.h"
#include "media/rtp/extensions.h"
#include "media/rtp/packet.h"
#include "media/rtp/unwrap.h"

namespace plenum::peer {

/// One plaintext packet of a published track. The views point into the packet.
struct RtpReceived {
  TrackId track;
  /// Index of the simulcast layer, in the order of the declared rids; 0 without simulcast.
  std::uint8_t layer = 0;
  /// The payload is RED (RFC 2198).
  bool red = false;
  /// Without its payload when that is of another codec than the track's.
  rtp::Packet packet;
  rtp::ExtensionsView extensions;
  /// The track's codec is another from this packet on.
  std::optional<codec::Codec> chosen_codec = std::nullopt;
};
struct SenderReportReceived {
  TrackId track;
  std::uint8_t layer = 0;
  NtpTime ntp;
  RtpTime rtp;
};

/// So much of a layer was lost that only a key frame helps.
struct KeyframeNeeded {
  TrackId track;
  std::uint8_t layer = 0;
};

/// What one client sends: finds the track and layer of each SSRC (SDP, mid and rid extensions:
/// RFC 8843 section 9.2, RFC 8852), asks for lost packets, undoes RTX, and reports reception.
/// Only one SSRC at a time may feed a layer, so invented SSRCs cost a table look-up and no memory.
class Uplinks {
 public:
  struct Counters {
    std::uint64_t unknown_ssrc = 0, malformed = 0, nacks_sent = 0;
  };
  /// What one track received lately; for connection quality.
  struct TrackStats {
    TrackId track;
    float loss = 0;  // 0…1, worst layer of the last report interval
    Duration jitter{};
    std::int64_t lost = 0;    // packets that never came, since the last take_stats(); negative when
                              // some that were given up came late
    std::uint64_t bytes = 0;  // since then
    std::uint8_t layers = 0;  // bit mask of layers that delivered since then
  };

  /// Takes over what negotiation says now.
  void update(const std::vector<ReceiveSection>& sections, const rtp::ExtensionMap& extensions);

  std::optional<RtpReceived> handle_rtp(Buffer datagram, TimePoint now);
  std::optional<SenderReportReceived> handle_sender_report(const rtcp::SenderReportView& report,
                                                           TimePoint now);

  TimePoint next_timeout() const;
  /// One compound packet to send now; 0 when there is nothing (more) to say.
  std::size_t poll_rtcp(TimePoint now, MutableBytes out);

  /// Drain until empty when poll_rtcp() is.
  std::optional<KeyframeNeeded> poll_keyframe_needed();

  /// Where to ask for a key frame; nullopt before the layer's first packet.
  std::optional<Ssrc> media_ssrc(TrackId track, std::uint8_t layer) const;
  std::vector<TrackStats> take_stats();
  /// The way to the client and back; NACKs are repeated no sooner.
  void on_rtt(Duration rtt) {
    for (const auto& s : streams_) s->nack.on_rtt(rtt);
  }
  const Counters& counters() const { return counters_; }
  /// Longest packet taken, RTP header and payload: no path has a larger MTU, and a subscriber's
  /// header and tag must fit a datagram of ours beside it.
  static constexpr std::size_t kMaxPacket = 1600;
  /// The SSRC under which we write RTCP about received media.
  static constexpr Ssrc kReporter{1};

 private:
  struct PayloadType {
    enum class Use : std::uint8_t { none, media, red, rtx } use = Use::none;
    std::uint8_t media_type = 0;  // rtx: the payload type it repairs
    std::uint32_t clock_rate = 90'000;
  };
  struct Section {
    std::string mid;
    MediaKind kind = MediaKind::audio;
    std::optional<TrackId> track;
    /// Of our answer. The track has the first, which the client should take, until packets show
    /// that it did not.
    std::vector<NegotiatedCodec> codecs;
    std::optional<codec::Codec> codec;
    /// When a packet in the track's codec came last, and when the track changed to it.
    std::optional<TimePoint> codec_heard, codec_changed;
    /// Not yet reported.
    std::optional<codec::Codec> chosen_codec;
    std::optional<std::uint8_t> red_payload_type;
    std::vector<std::string> rids;
    std::array<PayloadType, 128> payload_types{};
    std::vector<Ssrc> ssrcs;
    std::vector<std::pair<Ssrc, Ssrc>> rtx_ssrcs;
    bool nack = false;
  };
  struct Stream {
    Ssrc ssrc;
    std::size_t section = 0;
    std::uint8_t layer = 0;
    bool rtx = false;
    TimePoint last_packet{};
    rtp::SequenceUnwrapper unwrapper;
    rtp::ReceptionStats stats;
    rtcp::NackTracker nack;
    float last_loss = 0;
    std::int64_t told_lost = 0;  // of TrackStats::lost
    std::uint64_t bytes = 0;
  };
  static constexpr std::size_t kMaxLayers = 3;

  void take_codec(Section& to, const ReceiveSection& from) const;
  static void follow_codec(Section& section, std::uint8_t payload_type, TimePoint now);
  static void fill_payload_types(Section& section);
  Stream* find(Ssrc ssrc);
  Stream* learn(const rtp::Header& header, const rtp::ExtensionsView& extensions, TimePoint now);
  Stream* assign(std::size_t section, std::uint8_t layer, bool rtx, Ssrc ssrc, TimePoint now);
  Stream* stream_of(std::size_t section, std::uint8_t layer, bool rtx) const;
  std::optional<RtpReceived> restore(Stream& rtx, rtp::Packet packet,
                                     const rtp::ExtensionsView& extensions, TimePoint now);
  std::size_t write_reports(TimePoint now, MutableBytes out);
  std::size_t write_nacks(TimePoint now, MutableBytes out);

  std::vector<Section> sections_;
  rtp::ExtensionMap extensions_;
  std::vector<std::unique_ptr<Stream>> streams_;
  std::unordered_map<std::uint32_t, Stream*> by_ssrc_;
  rtcp::TransportFeedbackBuilder feedback_;
  Ssrc last_media_ssrc_;
  TimePoint next_report_ = kNever;
  std::size_t next_reported_ = 0;
  Counters counters_;
};

}  // namespace plenum::peer
