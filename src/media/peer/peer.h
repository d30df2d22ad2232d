#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/output_queue.h"
#include "base/time.h"
#include "base/token_bucket.h"
#include "media/peer/downlinks.h"
#include "media/peer/negotiation.h"
#include "media/peer/transport.h"
#include "media/peer/uplinks.h"
#include "media/rtcp/report.h"
#include "media/rtp/outgoing.h"

namespace plenum::peer {

// What a Peer says besides the Transport's outputs.

struct AnswerReady {
  std::uint32_t id = 0;
  Answer answer;
};
struct OfferReady {
  std::uint32_t id = 0;
  std::string sdp;
  std::vector<std::pair<std::string, TrackId>> mid_to_track;
};
struct NegotiationFailed {
  std::string reason;
};
/// The client lost a packet of ours (RFC 4585 section 6.2.1).
struct NackReceived {
  Ssrc ssrc;
  std::uint16_t sequence = 0;
};
/// The client wants a key frame of a stream of ours.
struct KeyframeRequested {
  Ssrc ssrc;
};
/// How the client receives a stream of ours.
struct ReportReceived {
  rtcp::ReportBlock block;
};

using Output =
    std::variant<Transmit, PathValidated, TransportConnected, TransportDisconnected,
                 TransportReconnected, ChannelOpened, ChannelClosed, ChannelMessage, RtpReceived,
                 SenderReportReceived, KeyframeNeeded, NackReceived, KeyframeRequested,
                 ReportReceived, AnswerReady, OfferReady, NegotiationFailed, SectionsNeeded,
                 UplinkBound, UplinkEnded, SendBound, SendUnbound, SendUnsupported>;

/// One peer connection as the server sees it: SDP, transport, the streams received and the streams
/// sent. A hub that holds parts and passes things between them. Sans-I/O; lives on one shard.
///
/// Downlink congestion control will sit here, between handle_rtcp (feedback in) and write_rtp
/// (pacing out); until then what is asked for is sent at once.
class Peer {
 public:
  struct Config {
    NegotiationMode mode = NegotiationMode::single;
    const dtls::Certificate* certificate = nullptr;
    /// Candidate attribute values for our descriptions, best first.
    std::vector<std::string> candidates;
    bool announce_ice_lite = true;
  };
  Peer(Config config, TimePoint now);

  // --- signalling ---
  void add_pending_track(PendingTrack track);
  void remove_track(TrackId track);
  void handle_offer(std::uint32_t id, std::string_view sdp, TimePoint now);
  /// Ignored when `id` is neither 0 nor the last offer's (a stale answer).
  void handle_answer(std::uint32_t id, std::string_view sdp, TimePoint now);
  /// Fresh credentials; in subscriber mode an offer follows at once, else with the next answer.
  void restart_ice(std::vector<std::string> candidates, TimePoint now);
  void add_send(SendTrack track, TimePoint now);
  void remove_send(TrackId track, TimePoint now);
  const SendSection* send_section(TrackId track) const { return negotiation_.send_section(track); }
  const ReceiveSection* receive_section(TrackId track) const {
    return negotiation_.receive_section(track);
  }

  // --- the wire ---
  void handle_datagram(Buffer datagram, const Path& from, TimePoint now);
  void handle_timeout(TimePoint now);
  std::optional<Output> poll_output() { return outputs_.pop(); }
  TimePoint next_timeout() const;

  // --- media out ---
  bool can_send() const { return transport_.can_send_media(); }
  const std::optional<Path>& path() const { return transport_.selected_path(); }
  /// The chain of memory that write_rtp() follows. A caller that goes through many peers starts to
  /// fetch it link by link, some peers ahead.
  enum class Link : std::uint8_t { peer, streams, keys };
  void prefetch(Link link) const;
  /// The path exists no more (a TCP connection was closed).
  void forget_path(const Path& path) { transport_.forget_path(path); }
  /// When something authentic but a check came last, on any path.
  TimePoint last_heard() const { return transport_.last_heard(); }
  /// Most bytes that write_rtp adds to a payload.
  static constexpr std::size_t kMaxOverhead =
      rtp::kFixedHeaderSize + rtp::ExtensionWriter::kMaxSize + 8 + srtp::kMaxOverhead;
  /// Writes header and per-hop extensions, seals the payload. Returns the size; 0 = not possible.
  std::size_t write_rtp(const rtp::Outgoing& packet, MutableBytes out, TimePoint now);
  void send_sender_report(Ssrc ssrc, NtpTime ntp, RtpTime rtp, std::uint32_t packets,
                          std::uint32_t octets, std::string_view cname, TimePoint now);
  /// Asks the client for a key frame of one layer. False before the layer's first packet.
  bool request_keyframe(TrackId track, std::uint8_t layer, TimePoint now);

  // --- data ---
  std::optional<std::uint16_t> open_channel(const sctp::ChannelConfig& config, TimePoint now) {
    const auto id = transport_.open_channel(config, now);
    drain(now);
    return id;
  }
  Transport::SendStatus send_message(std::uint16_t stream_id, Bytes message, TimePoint now);
  std::size_t buffered_amount() const { return transport_.buffered_amount(); }

  void close(TimePoint now);
  bool owns_ufrag(std::string_view ufrag) const { return transport_.owns_ufrag(ufrag); }
  const ice::Credentials& local_credentials() const { return transport_.local_credentials(); }
  const Transport::Counters& transport_counters() const { return transport_.counters(); }
  const Uplinks& uplinks() const { return uplinks_; }
  Uplinks& uplinks() { return uplinks_; }

 private:
  LocalTransport local_transport() const;
  bool apply_remote(TimePoint now);
  void after_negotiation();
  void sends_changed(TimePoint now);
  void negotiate_if_due(TimePoint now);
  void make_offer();
  void drain(TimePoint now);
  void on_rtcp(Bytes compound, TimePoint now);

  Config config_;
  Downlinks downlinks_;
  Transport transport_;
  Negotiation negotiation_;
  Uplinks uplinks_;
  OutputQueue<Output> outputs_;
  TokenBucket nacked_;

  /// Subscriber mode: offers are numbered. Changes within a short while share one negotiation.
  std::uint32_t offer_id_;
  TimePoint offer_at_ = kNever;
};

}  // namespace plenum::peer
