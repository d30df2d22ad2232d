#include "media/peer/peer.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "base/overloaded.h"
#include "media/rtcp/compound.h"
#include "media/rtcp/writer.h"

namespace plenum::peer {
namespace {

/// Subscriptions come in bunches; one offer serves all that arrive within this time.
constexpr Duration kOfferDebounce = 10ms;
constexpr std::size_t kMaxRtcp = 1200;
/// Lost packets taken from one compound packet; an honest one names a few dozen, 8,000 would fit.
constexpr int kMaxNacks = 512;
/// And in the long run; each number costs a search for the packet, whether it is sent again or not.
constexpr Rate kNackRate{.per_second = 5000, .burst = 1000};

constexpr std::string_view text(NegotiationError e) {
  switch (e) {
    case NegotiationError::wrong_mode:
      return "a description of this type is not expected here";
    case NegotiationError::no_offer_made:
      return "an answer without an offer";
    case NegotiationError::malformed:
      return "not parseable as SDP";
    case NegotiationError::no_sections:
      return "no media sections";
    case NegotiationError::bad_mid:
      return "a=mid missing or used twice";
    case NegotiationError::sections_changed:
      return "media sections moved or vanished";
    case NegotiationError::no_ice_credentials:
      return "no ICE credentials";
    case NegotiationError::no_fingerprint:
      return "no DTLS fingerprint";
    case NegotiationError::fingerprint_changed:
      return "the DTLS fingerprint changed";
    case NegotiationError::bad_setup:
      return "a=setup leaves no side to start DTLS";
  }
  return "unknown";
}

}  // namespace

Peer::Peer(Config config, TimePoint now)
    : config_(std::move(config)),
      transport_(Transport::lite(*config_.certificate, ice::Credentials::generate())),
      negotiation_(config_.mode, crypto::random_u64()),
      offer_id_(crypto::random_u32() % 256) {
  if (config_.mode == NegotiationMode::subscriber) offer_at_ = now;
}

LocalTransport Peer::local_transport() const {
  const ice::Credentials& c = transport_.local_credentials();
  return {c.ufrag, c.pwd, config_.certificate->fingerprint(), config_.announce_ice_lite,
          config_.candidates};
}

void Peer::add_pending_track(PendingTrack track) {
  negotiation_.add_pending_track(std::move(track));
  after_negotiation();
}

void Peer::remove_track(TrackId track) {
  negotiation_.remove_pending_track(track);
  after_negotiation();
}

void Peer::handle_offer(std::uint32_t id, std::string_view sdp, TimePoint now) {
  const auto before = negotiation_.remote();
  // A restart by the client is answered with new credentials of ours (RFC 8445 section 9); whether
  // it is one shows only in the parsed offer, so an answer may have to be written twice.
  auto answer = negotiation_.handle_offer(sdp, local_transport());
  if (answer && before && negotiation_.remote()->ice_restarted) {
    transport_.restart_ice(ice::Credentials::generate());
    answer = negotiation_.handle_offer(sdp, local_transport());
  }
  if (!answer) {
    outputs_.push(NegotiationFailed{std::string(text(answer.error()))});
    return;
  }
  if (!apply_remote(now)) return;
  outputs_.push(AnswerReady{id, std::move(*answer)});
  after_negotiation();
  drain(now);
}

void Peer::handle_answer(std::uint32_t id, std::string_view sdp, TimePoint now) {
  if (id != 0 && id != offer_id_) return;
  if (const auto status = negotiation_.handle_answer(sdp); !status) {
    if (status.error() != NegotiationError::no_offer_made)
      outputs_.push(NegotiationFailed{std::string(text(status.error()))});
    return;
  }
  if (!apply_remote(now)) return;
  after_negotiation();
  if (negotiation_.needs_offer() && offer_at_ == kNever) offer_at_ = now + kOfferDebounce;
  drain(now);
}

bool Peer::apply_remote(TimePoint now) {
  const auto& remote = negotiation_.remote();
  auto fingerprint = remote ? dtls::Fingerprint::parse(remote->fingerprint) : std::nullopt;
  if (!fingerprint) {
    outputs_.push(NegotiationFailed{"the description has no usable a=fingerprint"});
    return false;
  }
  transport_.set_remote(
      {remote->ice_ufrag, remote->ice_pwd}, std::move(*fingerprint),
      remote->local_role == DtlsRole::client ? dtls::Role::client : dtls::Role::server, now);
  if (const auto& app = negotiation_.application())
    transport_.enable_data(app->remote_max_message_size, now);
  return true;
}

/// Carries what negotiation decided to the streams and to the driver.
void Peer::after_negotiation() {
  uplinks_.update(negotiation_.receive_sections(), negotiation_.receive_extensions());
  downlinks_.update(negotiation_.send_sections());
  while (auto event = negotiation_.poll())
    std::visit([&](auto& e) { outputs_.push(std::move(e)); }, *event);
  if (config_.mode == NegotiationMode::single)
    if (const auto needed = negotiation_.take_needed()) outputs_.push(*needed);
}

void Peer::restart_ice(std::vector<std::string> candidates, TimePoint now) {
  config_.candidates = std::move(candidates);
  transport_.restart_ice(ice::Credentials::generate());
  if (config_.mode == NegotiationMode::subscriber) make_offer();
  drain(now);
}

void Peer::add_send(SendTrack track, TimePoint now) {
  negotiation_.add_send(std::move(track));
  sends_changed(now);
}

void Peer::remove_send(TrackId track, TimePoint now) {
  negotiation_.remove_send(track);
  sends_changed(now);
}

void Peer::sends_changed(TimePoint now) {
  downlinks_.update(negotiation_.send_sections());
  if (offer_at_ == kNever) offer_at_ = now + kOfferDebounce;
}

/// Offers (subscriber) or asks for sections (single) once for all changes of the last moments.
void Peer::negotiate_if_due(TimePoint now) {
  if (now < offer_at_) return;
  offer_at_ = kNever;
  if (config_.mode == NegotiationMode::subscriber) {
    if (negotiation_.needs_offer()) make_offer();
  } else {
    after_negotiation();
  }
}

void Peer::make_offer() {
  offer_at_ = kNever;
  ++offer_id_;
  std::string sdp = negotiation_.create_offer(local_transport());
  outputs_.push(OfferReady{offer_id_, std::move(sdp), negotiation_.mid_to_track_id()});
}

void Peer::handle_datagram(Buffer datagram, const Path& from, TimePoint now) {
  transport_.handle_datagram(std::move(datagram), from, now);
  drain(now);
}

void Peer::handle_timeout(TimePoint now) {
  if (transport_.next_timeout() <= now) transport_.handle_timeout(now);
  std::array<std::byte, kMaxRtcp> rtcp;
  while (const std::size_t n = uplinks_.poll_rtcp(now, rtcp))
    transport_.send_rtcp(Bytes(rtcp).first(n));
  while (const auto needed = uplinks_.poll_keyframe_needed()) outputs_.push(*needed);
  negotiate_if_due(now);
  drain(now);
}

TimePoint Peer::next_timeout() const {
  return std::min({transport_.next_timeout(), uplinks_.next_timeout(), offer_at_});
}

void Peer::drain(TimePoint now) {
  while (auto output = transport_.poll_output()) {
    std::visit(overloaded{[&](RtpDatagram& r) {
                            if (auto received = uplinks_.handle_rtp(std::move(r.packet), now))
                              outputs_.push(std::move(*received));
                          },
                          [&](RtcpDatagram& r) { on_rtcp(r.packet.bytes(), now); },
                          [&](auto& o) { outputs_.push(std::move(o)); }},
               *output);
  }
}

void Peer::on_rtcp(Bytes compound, TimePoint now) {
  const auto report_blocks = [&](const rtcp::ReportBlocksView& blocks) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      downlinks_.handle_report(blocks[i].ssrc);
      outputs_.push(ReportReceived{blocks[i]});
    }
  };
  int nacks_left = kMaxNacks;
  rtcp::CompoundReader reader(compound);
  while (const auto message = reader.next()) {
    std::visit(overloaded{[&](const rtcp::SenderReportView& m) {
                            if (auto sr = uplinks_.handle_sender_report(m, now)) outputs_.push(*sr);
                            report_blocks(m.blocks);
                          },
                          [&](const rtcp::ReceiverReportView& m) { report_blocks(m.blocks); },
                          [&](const rtcp::NackView& m) {
                            m.for_each([&](std::uint16_t sequence) {
                              if (nacks_left-- > 0 && nacked_.take(kNackRate, now))
                                outputs_.push(NackReceived{m.media, sequence});
                            });
                          },
                          [&](const rtcp::Pli& m) { outputs_.push(KeyframeRequested{m.media}); },
                          [&](const rtcp::FirView& m) {
                            for (std::size_t i = 0; i < m.size(); ++i)
                              outputs_.push(KeyframeRequested{m[i].ssrc});
                          },
                          [](const auto&) {}},
               *message);
  }
}

void Peer::prefetch(Link link) const {
  switch (link) {
    case Link::peer:
      downlinks_.prefetch();
      return transport_.prefetch();
    case Link::streams:
      downlinks_.prefetch_streams();
      return transport_.prefetch_seal();
    case Link::keys:
      return transport_.prefetch_key();
  }
}

std::size_t Peer::write_rtp(const rtp::Outgoing& packet, MutableBytes out, TimePoint now) {
  const std::size_t header = downlinks_.write_header(packet, out, now);
  if (header == 0) return 0;
  Bytes payload = packet.payload;
  if (packet.prefix_size) {
    const MutableBytes body = out.subspan(header);
    if (body.size() < packet.prefix_size + payload.size()) return 0;
    std::copy_n(packet.prefix.begin(), packet.prefix_size, body.begin());
    std::copy(payload.begin(), payload.end(), body.begin() + packet.prefix_size);
    payload = body.first(packet.prefix_size + payload.size());
  }
  return transport_.seal_rtp(packet.seq, out, header, payload);
}

void Peer::send_sender_report(Ssrc ssrc, NtpTime ntp, RtpTime rtp, std::uint32_t packets,
                              std::uint32_t octets, std::string_view cname, TimePoint now) {
  std::array<std::byte, 256> out;
  ByteWriter w(out);
  rtcp::write_sender_report(w, {ssrc, ntp, rtp, packets, octets});
  rtcp::write_cname(w, ssrc, cname.substr(0, 128));
  transport_.send_rtcp(w.written());
  drain(now);
}

bool Peer::request_keyframe(TrackId track, std::uint8_t layer, TimePoint now) {
  const auto ssrc = uplinks_.media_ssrc(track, layer);
  if (!ssrc) return false;
  std::array<std::byte, 16> out;
  ByteWriter w(out);
  rtcp::write_pli(w, Uplinks::kReporter, *ssrc);
  transport_.send_rtcp(w.written());
  drain(now);
  return true;
}

Transport::SendStatus Peer::send_message(std::uint16_t stream_id, Bytes message, TimePoint now) {
  const auto status = transport_.send_message(stream_id, message, now);
  drain(now);
  return status;
}

void Peer::close(TimePoint now) {
  transport_.close(now);
  drain(now);
}

}  // namespace plenum::peer
