#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/buffer.h"
#include "base/output_queue.h"
#include "base/time.h"
#include "media/dtls/endpoint.h"
#include "media/ice/controlling_agent.h"
#include "media/ice/lite_agent.h"
#include "media/rtp/header.h"
#include "media/sctp/association.h"
#include "media/srtp/inbound.h"
#include "media/srtp/outbound.h"

namespace plenum::peer {

struct Transmit {
  Path to;
  Buffer datagram;
};
/// Datagrams from here belong to this transport from now on.
struct PathValidated {
  Path path;
};
/// ICE and DTLS are up. Once.
struct TransportConnected {
  Path path;
};
/// Consent expired, or DTLS or the SCTP association is over (then `closed`, and nothing comes
/// back).
struct TransportDisconnected {
  bool closed = false;
};
/// Checks arrive again after a disconnection.
struct TransportReconnected {};
/// A plaintext RTP packet, `packet.size()` bytes.
struct RtpDatagram {
  Buffer packet;
  ExtSeq index;
};
/// A plaintext compound RTCP packet.
struct RtcpDatagram {
  Buffer packet;
};
struct ChannelOpened {
  std::uint16_t stream_id = 0;
  bool by_peer = false;
  std::string label;
};
struct ChannelClosed {
  std::uint16_t stream_id = 0;
};
struct ChannelMessage {
  std::uint16_t stream_id = 0;
  std::vector<std::byte> bytes;
};
using TransportOutput = std::variant<Transmit, PathValidated, TransportConnected,
                                     TransportDisconnected, TransportReconnected, RtpDatagram,
                                     RtcpDatagram, ChannelOpened, ChannelClosed, ChannelMessage>;

/// One bundled WebRTC transport: ICE, DTLS, SRTP and SCTP wired together. Server side with a lite
/// agent, or client side with a controlling one (load generator, tests). Knows no SDP and no
/// tracks. Sans-I/O; lives on one shard.
class Transport {
 public:
  struct Counters {
    std::uint64_t unvalidated = 0;  ///< DTLS or media from a path without an authenticated check
    std::uint64_t malformed = 0;
    std::uint64_t auth_failed = 0;
    std::uint64_t replayed = 0;
    std::uint64_t dtls_failures = 0;
  };

  /// Server: answers checks made with `local`.
  static Transport lite(const dtls::Certificate& certificate, ice::Credentials local);
  /// Client: makes checks.
  static Transport controlling(const dtls::Certificate& certificate, ice::Credentials local);

  Transport(Transport&&) noexcept = default;

  /// What the remote description says. `role` is ours. May be called again with new credentials
  /// after an ICE restart; the fingerprint and the role never change.
  void set_remote(ice::Credentials remote, dtls::Fingerprint fingerprint, dtls::Role role,
                  TimePoint now);
  /// Controlling only.
  void set_remote_candidates(std::vector<Path> candidates) {
    remote_candidates_ = std::move(candidates);
  }
  /// Controlling only: one that came after set_remote(). Before it, it has no effect.
  void add_remote_candidate(const Path& candidate, TimePoint now);
  /// New local credentials (ICE restart); media goes on over the working path meanwhile.
  void restart_ice(ice::Credentials local);
  const ice::Credentials& local_credentials() const;
  bool owns_ufrag(std::string_view ufrag) const;

  /// Data channels are negotiated: SCTP starts as soon as DTLS is up.
  void enable_data(std::size_t remote_max_message_size, TimePoint now);
  /// Valid after enable_data(), before or after the connection is up.
  std::optional<std::uint16_t> open_channel(const sctp::ChannelConfig& config, TimePoint now);
  enum class SendStatus : std::uint8_t { sent, would_block, too_large, closed };
  SendStatus send_message(std::uint16_t stream_id, Bytes message, TimePoint now);
  std::size_t buffered_amount() const { return sctp_ ? sctp_->buffered_amount() : 0; }

  void handle_datagram(Buffer datagram, const Path& from, TimePoint now);
  void handle_timeout(TimePoint now);
  std::optional<TransportOutput> poll_output() { return outputs_.pop(); }
  TimePoint next_timeout() const;

  /// SRTP keys are there and a path is chosen.
  bool can_send_media() const { return srtp_out_ && path_; }
  const std::optional<Path>& selected_path() const { return path_; }
  /// See ice::LiteAgent::forget().
  void forget_path(const Path& path);
  /// When something authentic but a check came last, on any path.
  TimePoint last_heard() const { return last_heard_; }
  /// See srtp::Outbound::seal_rtp. Only when can_send_media().
  std::size_t seal_rtp(ExtSeq index, MutableBytes out, std::size_t header_size, Bytes payload) {
    return srtp_out_->seal_rtp(index, out, header_size, payload);
  }
  /// Start to fetch what seal_rtp() will read, a link of the chain each.
  void prefetch() const { __builtin_prefetch(this); }
  void prefetch_seal() const {
    if (srtp_out_) srtp_out_->prefetch();
  }
  void prefetch_key() const {
    if (srtp_out_) srtp_out_->prefetch_key();
  }
  std::size_t rtp_overhead() const { return srtp_out_ ? srtp_out_->rtp_overhead() : 0; }
  /// Protects and sends a compound packet of at most 1400 bytes; dropped while not connected.
  void send_rtcp(Bytes compound);
  void close(TimePoint now);

  const Counters& counters() const { return counters_; }
  bool connected() const { return connected_; }

 private:
  using Agent = std::variant<ice::LiteAgent, ice::ControllingAgent>;
  Transport(const dtls::Certificate& certificate, Agent agent)
      : certificate_(&certificate), agent_(std::move(agent)) {}

  void note_path();
  bool ice_validated(const Path& path) const;
  dtls::Endpoint& dtls(dtls::Role role);
  void on_stun(Bytes datagram, const Path& from, TimePoint now);
  void on_rtp(Buffer datagram, TimePoint now);
  void on_rtcp(Buffer datagram, TimePoint now);
  void drain(TimePoint now);
  bool drain_ice();
  bool drain_dtls(TimePoint now);
  bool drain_sctp(TimePoint now);
  void report_closed();
  void on_dtls_connected(const dtls::Connected& c);
  void report_connected(TimePoint now);

  // What each packet out needs, close together (see prefetch()).
  std::optional<Path> path_;  // the agent's selection
  std::unique_ptr<srtp::Outbound> srtp_out_;

  const dtls::Certificate* certificate_;
  Agent agent_;
  std::vector<Path> remote_candidates_;
  std::unique_ptr<dtls::Endpoint> dtls_;
  std::optional<dtls::Fingerprint> fingerprint_;
  std::unique_ptr<srtp::Inbound> srtp_in_;
  std::unique_ptr<sctp::Association> sctp_;
  bool data_enabled_ = false, sctp_started_ = false;
  std::size_t remote_max_message_size_ = 65'536;
  std::vector<sctp::ChannelConfig> channels_before_dtls_;
  bool connected_ = false, consent_lost_ = false, closed_ = false, client_started_ = false;
  bool data_open_ = false;
  TimePoint last_heard_{};
  OutputQueue<TransportOutput> outputs_;
  Counters counters_;
};

}  // namespace plenum::peer
