#include "harness/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/crypto.h"
#include "base/overloaded.h"
#include "media/ice/candidate.h"
#include "media/rtcp/compound.h"
#include "media/rtcp/writer.h"
#include "media/rtp/extensions.h"
#include "media/rtp/writer.h"
#include "media/sdp/parser.h"

namespace plenum::harness {
namespace {

constexpr std::uint8_t kAudioLevel = 1, kTransportSeq = 3, kMid = 4, kRid = 10, kRepairedRid = 11;

std::string codec_lines(codec::Codec c, bool rtx) {
  switch (c) {
    case codec::Codec::opus:
      return "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtcp-fb:111 "
             "transport-cc\r\n";
    case codec::Codec::vp8: {
      std::string s =
          "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 ccm "
          "fir\r\na=rtcp-fb:96 transport-cc\r\n";
      return rtx ? s + "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n" : s;
    }
    default: {
      std::string s =
          "a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\na=rtcp-fb:98 nack\r\na=rtcp-fb:98 "
          "nack pli\r\na=rtcp-fb:98 transport-cc\r\n";
      return rtx ? s + "a=rtpmap:99 rtx/90000\r\na=fmtp:99 apt=98\r\n" : s;
    }
  }
}

std::uint8_t payload_type(codec::Codec c) {
  return c == codec::Codec::opus ? 111 : c == codec::Codec::vp8 ? 96 : 98;
}

std::string formats(codec::Codec c, bool rtx) {
  if (c == codec::Codec::opus) return "111";
  const int pt = payload_type(c);
  return rtx ? fmt::format("{} {}", pt, pt + 1) : fmt::format("{}", pt);
}

std::string codec_lines(const Client::SendSpec& s) {
  return codec_lines(s.codec, s.rtx) + (s.other ? codec_lines(*s.other, s.rtx) : "");
}

std::string formats(const Client::SendSpec& s) {
  return formats(s.codec, s.rtx) + (s.other ? " " + formats(*s.other, s.rtx) : "");
}

constexpr const char* kVideoExtensions =
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
    "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n";
constexpr const char* kAudioExtensions =
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";

}  // namespace

Client::Client(std::string name, Address address, const dtls::Certificate& certificate)
    : name_(std::move(name)),
      address_(address),
      certificate_(certificate),
      transport_(peer::Transport::controlling(certificate, ice::Credentials::generate())) {}

std::string Client::transport_lines() const {
  const ice::Credentials& c = transport_.local_credentials();
  return fmt::format(
      "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:{}\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
      c.ufrag, c.pwd, certificate_.fingerprint());
}

std::string Client::make_offer(const std::vector<SendSpec>& sends, int recv_audio, int recv_video,
                               bool data) {
  for (const SendSpec& spec : sends) {
    if (std::any_of(sends_.begin(), sends_.end(),
                    [&](const Sending& s) { return s.spec.cid == spec.cid; }))
      continue;
    Sending s{.spec = spec,
              .mid = std::to_string(next_mid_++),
              .payload_type = payload_type(spec.codec),
              .rtx_payload_type = {},
              .layers = {}};
    s.rtx_payload_type = static_cast<std::uint8_t>(s.payload_type + 1);
    const std::size_t n = std::max<std::size_t>(1, spec.rids.size());
    for (std::size_t i = 0; i < n; ++i)
      s.layers.push_back({.rid = spec.rids.empty() ? "" : spec.rids[i],
                          .ssrc = Ssrc(crypto::random_u32()),
                          .rtx_ssrc = Ssrc(crypto::random_u32()),
                          .sent = {}});
    const bool audio = spec.codec == codec::Codec::opus;
    std::string text = fmt::format(
        "m={} 9 UDP/TLS/RTP/SAVPF {}\r\nc=IN IP4 "
        "0.0.0.0\r\na=mid:{}\r\na=sendonly\r\na=msid:stream {}\r\n{}{}",
        audio ? "audio" : "video", formats(spec), s.mid, spec.cid,
        audio ? kAudioExtensions : kVideoExtensions, codec_lines(spec));
    if (!spec.rids.empty()) {
      for (const auto& rid : spec.rids) text += fmt::format("a=rid:{} send\r\n", rid);
      text += fmt::format("a=simulcast:send {}\r\n", fmt::join(spec.rids, ";"));
    } else {
      const Layer& l = s.layers[0];
      if (!audio && spec.rtx)
        text += fmt::format("a=ssrc-group:FID {} {}\r\n", l.ssrc.value(), l.rtx_ssrc.value());
      text += fmt::format("a=ssrc:{} cname:{}\r\n", l.ssrc.value(), name_);
      if (!audio && spec.rtx)
        text += fmt::format("a=ssrc:{} cname:{}\r\n", l.rtx_ssrc.value(), name_);
    }
    section_texts_.push_back(text);
    sends_.push_back(std::move(s));
  }
  for (; offer_recv_audio_ < recv_audio; ++offer_recv_audio_)
    section_texts_.push_back(fmt::format(
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\na=recvonly\r\n{}{}",
        next_mid_++, kAudioExtensions, codec_lines(codec::Codec::opus, false)));
  for (; offer_recv_video_ < recv_video; ++offer_recv_video_)
    section_texts_.push_back(
        fmt::format("m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\r\nc=IN IP4 "
                    "0.0.0.0\r\na=mid:{}\r\na=recvonly\r\n{}{}{}",
                    next_mid_++, kVideoExtensions, codec_lines(codec::Codec::vp8, true),
                    codec_lines(codec::Codec::vp9, true)));
  if (data && std::none_of(section_texts_.begin(), section_texts_.end(),
                           [](const auto& t) { return t.starts_with("m=application"); }))
    section_texts_.push_back(
        fmt::format("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 "
                    "0.0.0.0\r\na=mid:{}\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n",
                    next_mid_++));
  std::vector<std::string> mids;
  for (int i = 0; i < next_mid_; ++i) mids.push_back(std::to_string(i));
  std::string sdp = fmt::format(
      "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE "
      "{}\r\na=extmap-allow-mixed\r\n",
      fmt::join(mids, " "));
  for (const auto& text : section_texts_) sdp += text + transport_lines() + "a=setup:actpass\r\n";
  return sdp;
}

void Client::accept_answer(const std::string& sdp, TimePoint now) { apply_remote(sdp, now); }

std::string Client::answer_offer(const std::string& sdp, TimePoint now) {
  apply_remote(sdp, now);
  std::vector<std::string> mids;
  std::string body;
  for (const auto& s : remote_.sections) {
    mids.push_back(s.mid);
    if (s.kind == sdp::SectionKind::application) {
      body += fmt::format(
          "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 "
          "0.0.0.0\r\na=mid:{}\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n",
          s.mid);
    } else {
      std::string pts, lines;
      for (const auto& f : s.formats) {
        pts += fmt::format(" {}", f.payload_type);
        lines += fmt::format("a=rtpmap:{} {}/{}{}\r\n", f.payload_type, f.encoding, f.clock_rate,
                             f.channels > 1 ? "/2" : "");
        if (!f.fmtp.empty()) lines += fmt::format("a=fmtp:{} {}\r\n", f.payload_type, f.fmtp);
        for (const auto& fb : f.feedback)
          lines += fmt::format("a=rtcp-fb:{} {}\r\n", f.payload_type, fb);
      }
      for (const auto& e : s.extmaps) lines += fmt::format("a=extmap:{} {}\r\n", e.id, e.uri);
      body +=
          fmt::format("m={} 9 UDP/TLS/RTP/SAVPF{}\r\nc=IN IP4 0.0.0.0\r\na=mid:{}\r\na={}\r\n{}",
                      s.kind == sdp::SectionKind::audio ? "audio" : "video", pts, s.mid,
                      sdp::sends(s.direction) ? "recvonly" : "inactive", lines);
    }
    body += transport_lines() + "a=setup:active\r\n";
  }
  return fmt::format("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {}\r\n",
                     fmt::join(mids, " ")) +
         body;
}

void Client::apply_remote(const std::string& text, TimePoint now) {
  auto parsed = sdp::parse(text);
  if (!parsed) throw std::runtime_error("the server's SDP does not parse:\n" + text);
  remote_ = std::move(*parsed);
  if (remote_.sections.empty()) throw std::runtime_error("the server's SDP has no sections");
  std::vector<Path> candidates;
  const sdp::MediaSection* first = nullptr;
  for (const auto& s : remote_.sections) {
    if (!s.rejected() && !first) first = &s;
    for (const auto& c : s.candidates)
      if (const auto parsed_candidate = ice::parse_candidate(c);
          parsed_candidate && parsed_candidate->transport == Transport::udp && candidates.empty())
        candidates.push_back(Path{parsed_candidate->address, Transport::udp, 0});
    if (s.kind == sdp::SectionKind::application && !s.rejected())
      transport_.enable_data(262144, now);
    if (!s.is_rtp() || !sdp::sends(s.direction)) continue;
    for (const auto& a : s.ssrcs) remote_ssrcs_[a.ssrc.value()] = {s.mid, false};
    for (const auto& g : s.ssrc_groups)
      if (g.semantics == "FID" && g.ssrcs.size() == 2) {
        remote_ssrcs_[g.ssrcs[1].value()] = {s.mid, true};
        rtx_to_media_[g.ssrcs[1].value()] = g.ssrcs[0].value();
      }
  }
  const auto transport = remote_.transport_of(*first);
  transport_.set_remote_candidates(candidates);
  const auto& fp = transport.fingerprints.at(0);
  // The server answers passive, or leaves it to us in an offer: either way we start DTLS.
  transport_.set_remote({transport.ice_ufrag, transport.ice_pwd},
                        *dtls::Fingerprint::parse(fp.algorithm + " " + fp.value),
                        dtls::Role::client, now);
  drain(now);
}

bool Client::send_rtp(std::size_t send_index, std::size_t layer_index, std::uint16_t seq,
                      std::uint32_t timestamp, bool marker, Bytes payload, TimePoint now,
                      std::optional<std::uint8_t> audio_level) {
  if (!transport_.can_send_media()) return false;
  Sending& s = sends_.at(send_index);
  Layer& l = s.layers.at(layer_index);
  rtp::ExtensionWriter ext;
  std::array<std::byte, 2> ts;
  put_be(ts, 0, 2, transport_seq_++);
  ext.add(kTransportSeq, ts);
  if (!l.heard) {
    ext.add(kMid, as_bytes(s.mid));
    if (!l.rid.empty()) ext.add(kRid, as_bytes(l.rid));
  }
  std::array<std::byte, 1> level{};
  if (audio_level) {
    level[0] = static_cast<std::byte>(*audio_level);
    ext.add(kAudioLevel, level);
  }
  std::array<std::byte, 1600> out;
  const std::size_t header = rtp::write_header({.marker = marker,
                                                .payload_type = s.payload_type,
                                                .sequence = seq,
                                                .timestamp = RtpTime(timestamp),
                                                .ssrc = l.ssrc},
                                               ext, out);
  std::vector<std::byte> plain(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(header));
  plain.insert(plain.end(), payload.begin(), payload.end());
  l.sent[seq] = {plain, header};
  if (l.sent.size() > 2000) l.sent.erase(l.sent.begin());
  if (seq == 0 && l.roc_high == 0 && !l.sent.empty() && l.sent.size() > 1) l.roc_high = 0x10000;
  const std::size_t size = transport_.seal_rtp(ExtSeq(l.roc_high | seq), out, header, payload);
  outbox_.push_back({transport_.selected_path()->remote,
                     {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)}});
  drain(now);
  return true;
}

void Client::switch_codec(std::size_t send_index) {
  Sending& s = sends_.at(send_index);
  s.payload_type = payload_type(s.spec.other.value());
  s.rtx_payload_type = static_cast<std::uint8_t>(s.payload_type + 1);
}

void Client::send_forged_rtp(std::size_t send_index, Ssrc ssrc, std::uint16_t seq, Bytes payload,
                             TimePoint now) {
  const Sending& s = sends_.at(send_index);
  rtp::ExtensionWriter ext;
  ext.add(kMid, as_bytes(s.mid));
  std::array<std::byte, 1600> out;
  const std::size_t header = rtp::write_header({.marker = false,
                                                .payload_type = s.payload_type,
                                                .sequence = seq,
                                                .timestamp = RtpTime(0),
                                                .ssrc = ssrc},
                                               ext, out);
  const std::size_t size = transport_.seal_rtp(ExtSeq(seq), out, header, payload);
  outbox_.push_back({transport_.selected_path()->remote,
                     {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)}});
  drain(now);
}

void Client::send_sender_report(std::size_t send_index, std::size_t layer, NtpTime ntp,
                                std::uint32_t rtp, TimePoint now) {
  std::array<std::byte, 128> out;
  ByteWriter w(out);
  rtcp::write_sender_report(w,
                            {sends_.at(send_index).layers.at(layer).ssrc, ntp, RtpTime(rtp), 1, 1});
  transport_.send_rtcp(w.written());
  drain(now);
}

void Client::send_pli(Ssrc ssrc, TimePoint now) {
  std::array<std::byte, 64> out;
  ByteWriter w(out);
  rtcp::write_pli(w, Ssrc(1), ssrc);
  transport_.send_rtcp(w.written());
  drain(now);
}

void Client::send_fir(Ssrc ssrc, std::uint8_t sequence, TimePoint now) {
  std::array<std::byte, 64> out;
  ByteWriter w(out);
  rtcp::write_fir(w, Ssrc(1), ssrc, sequence);
  transport_.send_rtcp(w.written());
  drain(now);
}

void Client::send_nack(Ssrc ssrc, std::vector<std::uint16_t> seqs, TimePoint now) {
  std::array<std::byte, 1200> out;
  ByteWriter w(out);
  std::vector<ExtSeq> missing;
  for (const std::uint16_t s : seqs) missing.emplace_back(s);
  rtcp::write_nack(w, Ssrc(1), ssrc, missing);
  transport_.send_rtcp(w.written());
  drain(now);
}

int Client::plis(std::size_t send_index, std::size_t layer) const {
  return sends_.at(send_index).layers.at(layer).plis;
}

void Client::open_channel(const std::string& label, bool reliable, TimePoint now) {
  sctp::ChannelConfig c{.label = label,
                        .protocol = {},
                        .ordered = reliable,
                        .max_retransmits = {},
                        .max_lifetime_ms = {}};
  if (!reliable) c.max_retransmits = 0;
  transport_.open_channel(c, now);
  drain(now);
}

bool Client::send_message(const std::string& label, const std::string& text, TimePoint now) {
  const auto it = channels_.find(label);
  if (it == channels_.end()) return false;
  const bool sent =
      transport_.send_message(it->second, as_bytes(text), now) == peer::Transport::SendStatus::sent;
  drain(now);
  return sent;
}

void Client::handle_datagram(Bytes datagram, const Address& from, TimePoint now) {
  transport_.handle_datagram(Buffer::copy_of(datagram), Path{from, Transport::udp, 0}, now);
  drain(now);
}

void Client::handle_timeout(TimePoint now) {
  transport_.handle_timeout(now);
  drain(now);
}

std::vector<std::pair<Address, std::vector<std::byte>>> Client::take_datagrams() {
  return std::exchange(outbox_, {});
}

void Client::drain(TimePoint now) {
  while (auto output = transport_.poll_output()) {
    std::visit(
        overloaded{[&](peer::Transmit& t) {
                     outbox_.push_back(
                         {t.to.remote, {t.datagram.bytes().begin(), t.datagram.bytes().end()}});
                   },
                   [&](peer::TransportConnected&) { connected_ = true; },
                   [&](peer::TransportDisconnected&) { disconnected_ = true; },
                   [&](peer::TransportReconnected&) { disconnected_ = false; },
                   [&](peer::RtpDatagram& r) { on_rtp(r.packet.bytes(), now); },
                   [&](peer::RtcpDatagram& r) { on_rtcp(r.packet.bytes(), now); },
                   [&](peer::ChannelOpened& c) { channels_[c.label] = c.stream_id; },
                   [&](peer::ChannelMessage& m) {
                     for (const auto& [label, id] : channels_)
                       if (id == m.stream_id)
                         messages_.push_back({label, std::string(as_text(m.bytes))});
                   },
                   [](auto&) {}},
        *output);
  }
}

void Client::on_rtp(Bytes packet, TimePoint now) {
  const auto header = rtp::parse_header(packet);
  if (!header) return;
  const auto ssrc = remote_ssrcs_.find(header->ssrc.value());
  if (ssrc == remote_ssrcs_.end()) return;
  Received r{.mid = ssrc->second.first, .header = *header, .payload = {}, .at = now};
  Bytes payload = packet.subspan(header->payload_offset,
                                 packet.size() - header->payload_offset - header->padding);
  if (ssrc->second.second) {
    if (payload.size() < 2) return;
    r.header.sequence = be16(payload, 0);
    r.header.ssrc = Ssrc(rtx_to_media_[header->ssrc.value()]);
    payload = payload.subspan(2);
    r.retransmitted = true;
  } else if (sends_nacks) {
    auto [it, first] = highest_.try_emplace(header->ssrc.value(), header->sequence);
    const auto gap = static_cast<std::int16_t>(header->sequence - it->second);
    if (!first && gap > 1 && gap < 100) {
      std::vector<std::uint16_t> missing;
      for (std::uint16_t s = static_cast<std::uint16_t>(it->second + 1); s != header->sequence; ++s)
        missing.push_back(s);
      send_nack(header->ssrc, missing, now);
    }
    if (gap > 0) it->second = header->sequence;
  }
  r.payload.assign(payload.begin(), payload.end());
  received_.push_back(std::move(r));
}

void Client::on_rtcp(Bytes packet, TimePoint now) {
  const auto layer_of = [&](Ssrc ssrc) -> std::pair<Sending*, Layer*> {
    for (Sending& s : sends_)
      for (Layer& l : s.layers)
        if (l.ssrc == ssrc) return {&s, &l};
    return {nullptr, nullptr};
  };
  rtcp::CompoundReader reader(packet);
  while (const auto message = reader.next()) {
    std::visit(
        overloaded{
            [&](const rtcp::Pli& m) {
              if (auto [s, l] = layer_of(m.media); l) ++l->plis;
            },
            [&](const rtcp::NackView& m) {
              auto [s, l] = layer_of(m.media);
              if (!l) return;
              ++nacks_received_;
              if (!answers_nacks) return;
              m.for_each([&](std::uint16_t seq) {
                const auto sent = l->sent.find(seq);
                if (sent == l->sent.end()) return;
                rtp::ExtensionWriter ext;
                ext.add(kMid, as_bytes(s->mid));
                if (!l->rid.empty()) ext.add(kRepairedRid, as_bytes(l->rid));
                const auto original = rtp::parse_header(sent->second.first);
                std::array<std::byte, 1600> out;
                const std::size_t header = rtp::write_header({.marker = original->marker,
                                                              .payload_type = s->rtx_payload_type,
                                                              .sequence = l->rtx_seq,
                                                              .timestamp = original->timestamp,
                                                              .ssrc = l->rtx_ssrc},
                                                             ext, out);
                std::vector<std::byte> payload(2);
                put_be(payload, 0, 2, seq);
                payload.insert(payload.end(), sent->second.first.begin() + original->payload_offset,
                               sent->second.first.end());
                const std::size_t size =
                    transport_.seal_rtp(ExtSeq(l->rtx_seq++), out, header, payload);
                outbox_.push_back({transport_.selected_path()->remote,
                                   {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)}});
              });
            },
            [&](const rtcp::TransportWideView&) {
              ++transport_feedbacks_;
              for (Sending& s : sends_)
                for (Layer& l : s.layers)
                  if (!l.sent.empty()) l.heard = true;
            },
            [&](const rtcp::SenderReportView& m) {
              ++sender_reports_[m.ssrc.value()];
              reports[m.ssrc.value()] = {m.ntp, m.rtp.value()};
            },
            [](const auto&) {}},
        *message);
  }
  (void)now;
}

std::vector<Client::Received> Client::received_on(const std::string& mid) const {
  std::vector<Received> out;
  for (const Received& r : received_)
    if (r.mid == mid) out.push_back(r);
  return out;
}

std::map<std::string, std::string> Client::downlinks() const {
  std::map<std::string, std::string> out;
  for (const auto& s : remote_.sections)
    if (s.is_rtp() && sdp::sends(s.direction) && !s.msids.empty())
      out[s.mid] = s.msids.front().track;
  return out;
}

Ssrc Client::downlink_ssrc(const std::string& mid) const {
  const auto* s = remote_.section(mid);
  return s && !s->ssrcs.empty() ? s->ssrcs.front().ssrc : Ssrc{};
}

int Client::sender_reports(Ssrc ssrc) const {
  const auto it = sender_reports_.find(ssrc.value());
  return it == sender_reports_.end() ? 0 : it->second;
}

}  // namespace plenum::harness
