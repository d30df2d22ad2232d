#include "media/peer/transport.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/overloaded.h"
#include "media/peer/demux.h"
#include "media/srtp/profile.h"

namespace plenum::peer {

Transport Transport::lite(const dtls::Certificate& certificate, ice::Credentials local) {
  return Transport(certificate, ice::LiteAgent(std::move(local)));
}

Transport Transport::controlling(const dtls::Certificate& certificate, ice::Credentials local) {
  return Transport(certificate, ice::ControllingAgent(std::move(local)));
}

void Transport::note_path() {
  path_ = std::visit([](const auto& a) { return a.selected(); }, agent_);
}

bool Transport::ice_validated(const Path& path) const {
  return std::visit([&](const auto& a) { return a.is_validated(path); }, agent_);
}

const ice::Credentials& Transport::local_credentials() const {
  return std::visit([](const auto& a) -> const ice::Credentials& { return a.local(); }, agent_);
}

bool Transport::owns_ufrag(std::string_view ufrag) const {
  const auto* lite = std::get_if<ice::LiteAgent>(&agent_);
  return lite && lite->owns_ufrag(ufrag);
}

dtls::Endpoint& Transport::dtls(dtls::Role role) {
  if (!dtls_ || (dtls_->role() != role && !dtls_->is_connected())) {
    dtls_ = std::make_unique<dtls::Endpoint>(*certificate_, role);
    if (fingerprint_) dtls_->set_remote_fingerprint(*fingerprint_);
    client_started_ = false;
  }
  return *dtls_;
}

void Transport::set_remote(ice::Credentials remote, dtls::Fingerprint fingerprint, dtls::Role role,
                           TimePoint now) {
  fingerprint_ = std::move(fingerprint);
  std::visit(overloaded{[&](ice::LiteAgent& a) { a.set_remote(std::move(remote)); },
                        [&](ice::ControllingAgent& a) {
                          a.set_remote(std::move(remote), remote_candidates_, now);
                        }},
             agent_);
  dtls(role).set_remote_fingerprint(*fingerprint_);
  drain(now);
}

void Transport::add_remote_candidate(const Path& candidate, TimePoint now) {
  if (auto* agent = std::get_if<ice::ControllingAgent>(&agent_))
    agent->add_remote_candidate(candidate, now);
}

void Transport::restart_ice(ice::Credentials local) {
  std::visit([&](auto& a) { a.restart(std::move(local)); }, agent_);
  note_path();
}

void Transport::forget_path(const Path& path) {
  if (auto* lite = std::get_if<ice::LiteAgent>(&agent_)) lite->forget(path);
  note_path();
}

void Transport::handle_datagram(Buffer datagram, const Path& from, TimePoint now) {
  switch (classify(datagram.bytes())) {
    case Protocol::stun:
      on_stun(datagram.bytes(), from, now);
      return drain(now);
    case Protocol::dtls:
      // Only from where an authenticated check came: a spoofed ClientHello ends here.
      if (!ice_validated(from)) {
        ++counters_.unvalidated;
        return;
      }
      if (!closed_)
        dtls(dtls_ ? dtls_->role() : dtls::Role::server).handle_datagram(datagram.bytes(), now);
      return drain(now);
    case Protocol::rtp:
    case Protocol::rtcp:
      if (!srtp_in_ || !ice_validated(from)) {
        ++counters_.unvalidated;
        return;
      }
      if (classify(datagram.bytes()) == Protocol::rtp) return on_rtp(std::move(datagram), now);
      return on_rtcp(std::move(datagram), now);
    case Protocol::unknown:
      ++counters_.malformed;
      return;
  }
}

void Transport::on_stun(Bytes datagram, const Path& from, TimePoint now) {
  std::visit(overloaded{[&](ice::LiteAgent& a) {
                          const ice::Verdict v = a.handle_stun(datagram, from, now);
                          if (v != ice::Verdict::accepted) return;
                          if (consent_lost_) {
                            consent_lost_ = false;
                            if (connected_) outputs_.push(TransportReconnected{});
                          }
                        },
                        [&](ice::ControllingAgent& a) { a.handle_stun(datagram, from, now); }},
             agent_);
}

void Transport::on_rtp(Buffer datagram, TimePoint now) {
  const auto header = rtp::parse_protected_header(datagram.bytes());
  if (!header) {
    ++counters_.malformed;
    return;
  }
  ExtSeq index;
  const auto size = srtp_in_->open_rtp(datagram.bytes(), *header, &index);
  if (!size) {
    ++(size.error() == srtp::OpenError::replayed ? counters_.replayed : counters_.auth_failed);
    return;
  }
  last_heard_ = now;
  datagram.resize(*size);
  datagram.compact();  // it may be kept, to be sent again
  outputs_.push(RtpDatagram{std::move(datagram), index});
}

void Transport::on_rtcp(Buffer datagram, TimePoint now) {
  const auto size = srtp_in_->open_rtcp(datagram.bytes());
  if (!size) {
    ++(size.error() == srtp::OpenError::replayed ? counters_.replayed : counters_.auth_failed);
    return;
  }
  last_heard_ = now;
  datagram.resize(*size);
  outputs_.push(RtcpDatagram{std::move(datagram)});
}

void Transport::handle_timeout(TimePoint now) {
  std::visit(
      [&](auto& a) {
        if (a.next_timeout() <= now) a.handle_timeout(now);
      },
      agent_);
  if (dtls_ && dtls_->next_timeout() <= now) dtls_->handle_timeout(now);
  if (sctp_ && sctp_->next_timeout() <= now) sctp_->handle_timeout(now);
  drain(now);
}

TimePoint Transport::next_timeout() const {
  TimePoint t = std::visit([](const auto& a) { return a.next_timeout(); }, agent_);
  if (dtls_) t = std::min(t, dtls_->next_timeout());
  if (sctp_) t = std::min(t, sctp_->next_timeout());
  return t;
}

/// Outputs of one layer are inputs of the next, so go round until all are quiet.
void Transport::drain(TimePoint now) {
  note_path();
  while (drain_ice() || drain_dtls(now) || drain_sctp(now)) {
  }
  if (dtls_ && dtls_->role() == dtls::Role::client && path_ && !dtls_->is_connected() && !closed_ &&
      !client_started_) {
    client_started_ = true;
    dtls_->start(now);
    while (drain_dtls(now)) {
    }
  }
  report_connected(now);
}

bool Transport::drain_ice() {
  auto output = std::visit([](auto& a) { return a.poll_output(); }, agent_);
  if (!output) return false;
  std::visit(overloaded{[&](ice::Transmit& t) {
                          outputs_.push(Transmit{t.to, std::move(t.datagram)});
                        },
                        [&](ice::PathValidated& p) { outputs_.push(PathValidated{p.path}); },
                        [&](ice::PathSelected&) {},
                        [&](ice::Failed&) {
                          if (!consent_lost_) outputs_.push(TransportDisconnected{false});
                          consent_lost_ = true;
                        }},
             *output);
  return true;
}

bool Transport::drain_dtls(TimePoint now) {
  auto output = dtls_ ? dtls_->poll_output() : std::nullopt;
  if (!output) return false;
  std::visit(overloaded{[&](dtls::Transmit& t) {
                          if (path_) outputs_.push(Transmit{*path_, std::move(t.datagram)});
                        },
                        [&](dtls::Connected& c) { on_dtls_connected(c); },
                        [&](dtls::Data& d) {
                          last_heard_ = now;
                          if (sctp_) sctp_->handle_packet(d.bytes.bytes(), now);
                        },
                        [&](dtls::Failed&) {
                          ++counters_.dtls_failures;
                          report_closed();
                        },
                        [&](dtls::Closed&) { report_closed(); }},
             *output);
  return true;
}

bool Transport::drain_sctp(TimePoint) {
  auto output = sctp_ ? sctp_->poll_output() : std::nullopt;
  if (!output) return false;
  std::visit(overloaded{[&](sctp::Transmit& t) { dtls_->send(t.packet.bytes()); },
                        [&](sctp::ChannelOpened& c) {
                          data_open_ = true;
                          outputs_.push(ChannelOpened{c.stream_id, c.by_peer, std::move(c.label)});
                        },
                        [&](sctp::Message& m) {
                          outputs_.push(ChannelMessage{m.stream_id, std::move(m.bytes)});
                        },
                        [&](sctp::ChannelClosed& c) { outputs_.push(ChannelClosed{c.stream_id}); },
                        [&](sctp::Aborted&) {
                          if (data_open_) report_closed();  // or the client never had SCTP
                        }},
             *output);
  return true;
}

/// DTLS is over, or the association within it is: what was promised to be reliable may be lost, so
/// only a new connection helps.
void Transport::report_closed() {
  if (std::exchange(closed_, true)) return;
  outputs_.push(TransportDisconnected{true});
}

void Transport::on_dtls_connected(const dtls::Connected& c) {
  const auto keys = srtp::split_keying_material(c.srtp_profile, c.keying_material);
  if (!keys) {
    ++counters_.dtls_failures;
    return;
  }
  srtp_out_ =
      std::make_unique<srtp::Outbound>(c.is_client ? keys->client_write : keys->server_write);
  srtp_in_ = std::make_unique<srtp::Inbound>(c.is_client ? keys->server_write : keys->client_write);
}

void Transport::report_connected(TimePoint now) {
  if (connected_ || !srtp_out_ || !path_) {
    if (connected_ && data_enabled_ && !sctp_started_) enable_data(remote_max_message_size_, now);
    return;
  }
  connected_ = true;
  outputs_.push(TransportConnected{*path_});
  if (data_enabled_) enable_data(remote_max_message_size_, now);
}

void Transport::enable_data(std::size_t remote_max_message_size, TimePoint now) {
  data_enabled_ = true;
  remote_max_message_size_ = remote_max_message_size;
  if (!connected_ || sctp_started_) return;
  sctp_started_ = true;
  sctp::Config config;
  config.is_dtls_client = dtls_->role() == dtls::Role::client;
  // 0 in SDP means "any size" (RFC 8841 section 6.1); we never send more than 256 KiB anyway.
  config.max_send_message_size = remote_max_message_size == 0
                                     ? 262'144
                                     : std::min<std::size_t>(remote_max_message_size, 262'144);
  sctp_ = std::make_unique<sctp::Association>(config);
  sctp_->connect(now);
  for (const auto& channel : channels_before_dtls_) (void)sctp_->open_channel(channel, now);
  channels_before_dtls_.clear();
  drain(now);
}

std::optional<std::uint16_t> Transport::open_channel(const sctp::ChannelConfig& config,
                                                     TimePoint now) {
  if (!sctp_) {
    channels_before_dtls_.push_back(config);  // its stream id depends on the DTLS role
    return std::nullopt;
  }
  const auto id = sctp_->open_channel(config, now);
  drain(now);
  if (!id) return std::nullopt;
  return *id;
}

Transport::SendStatus Transport::send_message(std::uint16_t stream_id, Bytes message,
                                              TimePoint now) {
  if (!sctp_) return SendStatus::closed;
  const auto sent = sctp_->send(stream_id, message, true, now);
  drain(now);
  if (sent) return SendStatus::sent;
  switch (sent.error()) {
    case sctp::SendError::too_large:
      return SendStatus::too_large;
    case sctp::SendError::would_block:
      return SendStatus::would_block;
    case sctp::SendError::closed:
      break;
  }
  return SendStatus::closed;
}

void Transport::send_rtcp(Bytes compound) {
  const std::optional<Path> path = path_;
  if (!srtp_out_ || !path || compound.size() > 1400) return;
  Buffer b = Buffer::copy_of(compound);
  const std::size_t size = srtp_out_->seal_rtcp(b.storage(), compound.size());
  if (size == 0) return;
  b.resize(size);
  outputs_.push(Transmit{*path, std::move(b)});
}

void Transport::close(TimePoint now) {
  if (std::exchange(closed_, true)) return;
  if (sctp_) sctp_->abort(now);
  drain(now);
  if (dtls_) dtls_->close();
  drain(now);
}

}  // namespace plenum::peer
