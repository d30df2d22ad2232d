#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "media/codec/codec.h"
#include "media/dtls/certificate.h"
#include "media/peer/transport.h"
#include "media/rtp/header.h"
#include "media/sdp/description.h"

namespace plenum::harness {

/// A client's peer connection for tests: speaks SDP, ICE, DTLS, SRTP and SCTP with the server's
/// code paths from the other side, and sends and receives RTP made by hand.
class Client {
 public:
  struct SendSpec {
    std::string cid;
    codec::Codec codec = codec::Codec::opus;
    std::vector<std::string> rids;  // low to high; empty = one layer
    bool rtx = true;
    std::optional<codec::Codec> other = {};  // offered behind `codec`; see switch_codec()
  };
  /// A received media packet, as it came (RTX undone).
  struct Received {
    std::string mid;
    rtp::Header header;
    std::vector<std::byte> payload;
    TimePoint at;
    bool retransmitted = false;
  };
  struct Message {
    std::string label;
    std::string text;
  };

  Client(std::string name, Address address, const dtls::Certificate& certificate);

  // --- signalling ---
  /// Client offers: what it sends, how many recvonly sections, and data channels.
  std::string make_offer(const std::vector<SendSpec>& sends, int recv_audio, int recv_video,
                         bool data);
  void accept_answer(const std::string& sdp, TimePoint now);
  /// Server offers (subscriber mode).
  std::string answer_offer(const std::string& sdp, TimePoint now);
  void restart_ice() { transport_.restart_ice(ice::Credentials::generate()); }

  // --- media ---
  /// One packet of a layer sent in offer order; true if it went out.
  bool send_rtp(std::size_t send_index, std::size_t layer, std::uint16_t seq,
                std::uint32_t timestamp, bool marker, Bytes payload, TimePoint now,
                std::optional<std::uint8_t> audio_level = {});
  /// What is sent from now on is said to be in the other codec of the offer.
  void switch_codec(std::size_t send_index);
  /// An authentic packet under any SSRC, with the mid of a send.
  void send_forged_rtp(std::size_t send_index, Ssrc ssrc, std::uint16_t seq, Bytes payload,
                       TimePoint now);
  void send_sender_report(std::size_t send_index, std::size_t layer, NtpTime ntp, std::uint32_t rtp,
                          TimePoint now);
  void send_pli(Ssrc ssrc, TimePoint now);
  void send_fir(Ssrc ssrc, std::uint8_t sequence, TimePoint now);
  void send_nack(Ssrc ssrc, std::vector<std::uint16_t> seqs, TimePoint now);
  /// Key frame requests from the server, per send and layer.
  int plis(std::size_t send_index, std::size_t layer) const;
  int nacks_received() const { return nacks_received_; }
  int transport_feedbacks() const { return transport_feedbacks_; }
  /// Whether NACKs of the server are answered from what was sent before.
  bool answers_nacks = true;
  /// Whether holes in received streams are NACKed.
  bool sends_nacks = false;

  // --- data ---
  void open_channel(const std::string& label, bool reliable, TimePoint now);
  bool send_message(const std::string& label, const std::string& text, TimePoint now);

  // --- driving ---
  void handle_datagram(Bytes datagram, const Address& from, TimePoint now);
  void handle_timeout(TimePoint now);
  TimePoint next_timeout() const { return transport_.next_timeout(); }
  std::vector<std::pair<Address, std::vector<std::byte>>> take_datagrams();

  const std::string& name() const { return name_; }
  const Address& address() const { return address_; }
  void set_address(Address a) { address_ = a; }
  bool connected() const { return connected_; }
  bool disconnected() const { return disconnected_; }
  const std::vector<Received>& received() const { return received_; }
  std::vector<Received> received_on(const std::string& mid) const;
  void clear_received() { received_.clear(); }
  const std::vector<Message>& messages() const { return messages_; }
  /// "TR_…" of each section in which the server sends now, by mid.
  std::map<std::string, std::string> downlinks() const;
  const sdp::Description& remote() const { return remote_; }
  Ssrc downlink_ssrc(const std::string& mid) const;
  int sender_reports(Ssrc ssrc) const;
  struct Report {
    NtpTime ntp;
    std::uint32_t rtp;
  };
  std::map<std::uint32_t, Report> reports;

 private:
  struct Layer {
    std::string rid;
    Ssrc ssrc, rtx_ssrc;
    std::uint16_t rtx_seq = 1;
    std::map<std::uint16_t, std::pair<std::vector<std::byte>, std::size_t>>
        sent;  // seq → plaintext packet, header size
    int plis = 0;
    std::uint64_t roc_high = 0;
    bool heard = false;  // feedback came: the mid and rid extensions may stop
  };
  struct Sending {
    SendSpec spec;
    std::string mid;
    std::uint8_t payload_type = 0, rtx_payload_type = 0;
    std::vector<Layer> layers;
  };
  void drain(TimePoint now);
  void on_rtp(Bytes packet, TimePoint now);
  void on_rtcp(Bytes packet, TimePoint now);
  void apply_remote(const std::string& sdp, TimePoint now);
  std::string transport_lines() const;

  std::string name_;
  Address address_;
  const dtls::Certificate& certificate_;
  peer::Transport transport_;
  sdp::Description remote_;
  std::vector<Sending> sends_;
  std::vector<std::pair<Address, std::vector<std::byte>>> outbox_;
  std::vector<Received> received_;
  std::vector<Message> messages_;
  std::map<std::string, std::uint16_t> channels_;
  std::map<std::uint32_t, std::pair<std::string, bool>> remote_ssrcs_;  // ssrc → mid, is rtx
  std::map<std::uint32_t, std::uint32_t> rtx_to_media_;
  std::map<std::uint32_t, std::uint16_t> highest_;
  std::map<std::uint32_t, int> sender_reports_;
  std::uint16_t transport_seq_ = 1;
  int offer_recv_audio_ = 0, offer_recv_video_ = 0, next_mid_ = 0;
  std::vector<std::string> section_texts_;
  bool connected_ = false, disconnected_ = false;
  int nacks_received_ = 0, transport_feedbacks_ = 0;
};

}  // namespace plenum::harness
