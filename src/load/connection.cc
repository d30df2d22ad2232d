#include "load/connection.h"

#include <algorithm>
#include <array>

#include "base/overloaded.h"
#include "load/stun_answer.h"
#include "media/ice/candidate.h"
#include "media/peer/demux.h"

namespace plenum::load {
namespace {

/// Of a server with many addresses the first are enough.
constexpr std::size_t kMaxCandidates = 8;

std::optional<LinkModel> model_of(const std::optional<LinkPlan>& plan, TimePoint now) {
  if (!plan) return std::nullopt;
  return LinkModel(*plan, now);
}

}  // namespace

Connection::Connection(Shared& shared, const Impairment& impairment, TimePoint now)
    : shared_(shared),
      transport_(peer::Transport::controlling(shared.certificate, ice::Credentials::generate())),
      up_(model_of(impairment.up, now)),
      down_(model_of(impairment.down, now)) {}

LocalTransport Connection::local() const {
  const ice::Credentials& c = transport_.local_credentials();
  return {c.ufrag, c.pwd, shared_.certificate.fingerprint()};
}

bool Connection::open_socket(Address::Family family) {
  if (socket_) return socket_->local_address().family == family;
  socket_.emplace(*Address::parse(family == Address::Family::v4 ? "0.0.0.0" : "::", 0));
  return true;
}

void Connection::add_candidate(std::string_view text, TimePoint now) {
  const auto candidate = ice::parse_candidate(text);
  if (!candidate || candidate->transport != Transport::udp || candidate->component != 1) return;
  if (candidates_.size() >= kMaxCandidates || !open_socket(candidate->address.family)) return;
  const Path path{candidate->address, Transport::udp, 0};
  if (std::ranges::find(candidates_, path) != candidates_.end()) return;
  candidates_.push_back(path);
  transport_.add_remote_candidate(path, now);
}

bool Connection::set_remote(const sdp::Description& remote, TimePoint now) {
  const sdp::MediaSection* first = nullptr;
  for (const sdp::MediaSection& s : remote.sections) {
    if (s.rejected()) continue;
    if (!first) first = &s;
    for (const std::string& c : s.candidates) add_candidate(c, now);
    if (s.kind == sdp::SectionKind::application)
      transport_.enable_data(static_cast<std::size_t>(s.max_message_size.value_or(65'536)), now);
  }
  if (!first) return !remote_ufrag_.empty();
  const sdp::TransportAttributes t = remote.transport_of(*first);
  if (t.ice_ufrag.empty() || t.fingerprints.empty()) return false;
  if (t.ice_ufrag == remote_ufrag_) return true;  // as it was
  const auto fingerprint =
      dtls::Fingerprint::parse(t.fingerprints[0].algorithm + " " + t.fingerprints[0].value);
  if (!fingerprint) return false;
  remote_ufrag_ = t.ice_ufrag;
  transport_.set_remote_candidates(candidates_);
  const bool server = t.setup == sdp::Setup::active;
  transport_.set_remote({t.ice_ufrag, t.ice_pwd}, *fingerprint,
                        server ? dtls::Role::server : dtls::Role::client, now);
  return true;
}

bool Connection::receive(TimePoint now) {
  const std::size_t n = socket_->receive_batch(shared_.received);
  for (io::Received& r : std::span(shared_.received).first(n))
    take(std::move(r.datagram), r.from, now);
  return n == shared_.received.size();
}

void Connection::take(Buffer datagram, const Address& from, TimePoint now) {
  if (!down_) return deliver(std::move(datagram), from, now);
  const Verdict v = down_->on_packet(ip_packet_bytes(datagram.size(), from.family), now);
  for (int copy = 1; copy < v.copies; ++copy)
    arriving_.push(v.at, {from, Buffer::copy_of(datagram.bytes())});
  if (v.copies > 0) arriving_.push(v.at, {from, std::move(datagram)});
}

void Connection::deliver(Buffer datagram, const Address& from, TimePoint now) {
  if (peer::classify(datagram.bytes()) == peer::Protocol::stun) {
    const ice::Credentials& c = transport_.local_credentials();
    std::array<std::byte, 256> out;
    if (const std::size_t size = answer_check(datagram.bytes(), from, as_bytes(c.pwd), out))
      return send(Bytes(out).first(size), from, now);
  }
  transport_.handle_datagram(std::move(datagram), Path{from, Transport::udp, 0}, now);
}

void Connection::release(TimePoint now) {
  while (auto d = arriving_.pop(now)) deliver(std::move(d->second), d->first, now);
  while (auto d = leaving_.pop(now)) put(d->second.bytes(), d->first);
}

void Connection::handle_timeout(TimePoint now) {
  release(now);
  if (transport_.next_timeout() <= now) transport_.handle_timeout(now);
}

TimePoint Connection::next_timeout() const {
  return std::min({transport_.next_timeout(), arriving_.next_arrival(), leaving_.next_arrival()});
}

std::optional<peer::TransportOutput> Connection::poll(TimePoint now) {
  while (auto output = transport_.poll_output()) {
    auto* t = std::get_if<peer::Transmit>(&*output);
    if (!t) return output;
    send(t->datagram.bytes(), t->to.remote, now);
  }
  return std::nullopt;
}

void Connection::send(Bytes datagram, const Address& to, TimePoint now) {
  if (!socket_) return;
  if (!up_) return put(datagram, to);
  const Verdict v = up_->on_packet(ip_packet_bytes(datagram.size(), to.family), now);
  for (int copy = 0; copy < v.copies; ++copy) leaving_.push(v.at, {to, Buffer::copy_of(datagram)});
}

void Connection::put(Bytes datagram, const Address& to) {
  if (shared_.batch.full()) flush();
  const MutableBytes room = shared_.batch.reserve(datagram.size());
  if (room.size() < datagram.size()) return;
  std::ranges::copy(datagram, room.begin());
  shared_.batch.commit(datagram.size(), to);
}

MutableBytes Connection::reserve() {
  if (shared_.batch.full()) flush();
  return shared_.batch.reserve(io::TransmitBatch::kMaxDatagram);
}

void Connection::commit(std::size_t size, TimePoint now) {
  const auto path = transport_.selected_path();
  if (size == 0 || !path) return shared_.batch.commit(0, {});
  if (!up_) return shared_.batch.commit(size, path->remote);
  // The batch hands out the same memory until something is committed.
  const Buffer copy = Buffer::copy_of(shared_.batch.reserve(size).first(size));
  send(copy.bytes(), path->remote, now);
}

void Connection::flush() {
  if (!socket_ || shared_.batch.empty()) return;
  shared_.send_errors += shared_.batch.flush(*socket_).errors;
}

void Connection::close(TimePoint now) {
  transport_.close(now);
  while (poll(now)) {
  }
  flush();
}

}  // namespace plenum::load
