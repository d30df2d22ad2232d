#include "media/dtls/endpoint.h"

#include <algorithm>

#include "media/dtls/association.h"
#include "media/dtls/record.h"

namespace plenum::dtls {

Endpoint::Endpoint(const Certificate& certificate, Role role, Config config)
    : certificate_(&certificate), role_(role), config_(std::move(config)) {}
Endpoint::~Endpoint() = default;
Endpoint::Endpoint(Endpoint&&) noexcept = default;
Endpoint& Endpoint::operator=(Endpoint&&) noexcept = default;

void Endpoint::set_remote_fingerprint(Fingerprint fingerprint) {
  remote_fingerprint_ = std::move(fingerprint);
  if (state_ == State::connected) {
    if (!attempts_.front()->peer_matches(*remote_fingerprint_))
      fail(FailReason::certificate_mismatch);
    return;
  }
  settle();
}

void Endpoint::start(TimePoint now) {
  if (role_ != Role::client || state_ != State::handshaking || !attempts_.empty()) return;
  open_attempt(now).start(now);
  settle();
}

void Endpoint::handle_datagram(Bytes datagram, TimePoint now) {
  if (state_ == State::closed || state_ == State::failed) return;
  Bytes rest = datagram;
  if (!next_record(rest) || datagram.size() > Buffer::kCapacity) {
    ++counters_.dropped_datagrams;
    return;
  }
  const auto hello = role_ == Role::server && state_ == State::handshaking
                         ? find_client_hello(datagram)
                         : std::nullopt;
  if (hello && hello->random) {
    attempt_of(*hello->random, now).feed(datagram, now);
  } else {
    if (hello && attempts_.empty()) open_attempt(now);
    if (attempts_.empty()) ++counters_.dropped_datagrams;
    // Only the hello says whose it is; a flight that belongs to another handshake does no harm
    // to a complete one and ends an unfinished one at its CertificateVerify.
    for (const auto& a : attempts_) a->feed(datagram, now);
  }
  settle();
}

Association& Endpoint::attempt_of(const HelloRandom& random, TimePoint now) {
  const auto same = [&](const auto& a) { return a->hello_random == random; };
  const auto unclaimed = [](const auto& a) { return !a->hello_random; };
  auto it = std::find_if(attempts_.begin(), attempts_.end(), same);
  if (it == attempts_.end()) it = std::find_if(attempts_.begin(), attempts_.end(), unclaimed);
  Association& a = it != attempts_.end() ? **it : open_attempt(now);
  a.hello_random = random;
  a.last_hello = now;
  return a;
}

Association& Endpoint::open_attempt(TimePoint now) {
  if (attempts_.size() == kMaxAttempts) {
    // The handshake that is furthest behind: unanswered before answered, then the older hello.
    const auto behind = [](const auto& a, const auto& b) {
      return std::pair(a->has_progressed(), a->last_hello) <
             std::pair(b->has_progressed(), b->last_hello);
    };
    attempts_.erase(std::min_element(attempts_.begin(), attempts_.end(), behind));
    ++counters_.dropped_attempts;
  }
  attempts_.push_back(std::make_unique<Association>(*certificate_, role_, config_, now));
  return *attempts_.back();
}

/// A server gives up only for what a completed handshake has shown; all else may be a stranger's.
bool Endpoint::is_final(FailReason reason) const {
  return role_ == Role::client || reason == FailReason::certificate_mismatch ||
         reason == FailReason::no_srtp_profile;
}

void Endpoint::settle() {
  std::optional<FailReason> refused;
  for (std::size_t i = 0; i < attempts_.size();) {
    Association& a = *attempts_[i];
    for (Buffer& b : a.take_datagrams()) outputs_.push(Transmit{std::move(b)});
    if (state_ == State::connected) return deliver(a);
    if (const auto reason = examine(a)) {
      if (is_final(*reason)) refused = reason;
      ++counters_.dropped_attempts;
      attempts_.erase(attempts_.begin() + static_cast<std::ptrdiff_t>(i));
      continue;
    }
    if (state_ == State::connected) {
      if (i != 0) attempts_.front().swap(attempts_[i]);
      attempts_.resize(1);
      return deliver(*attempts_.front());
    }
    ++i;
  }
  if (refused && attempts_.empty()) fail(*refused);
}

std::optional<FailReason> Endpoint::examine(Association& a) {
  if (a.phase() == Association::Phase::dead) return a.fail_reason();
  if (a.phase() != Association::Phase::complete) return std::nullopt;
  if (!remote_fingerprint_) {
    (void)a.take_data();  // from a peer not known yet
    if (a.closed_by_peer()) return FailReason::handshake_failed;
    return std::nullopt;
  }
  if (!a.peer_matches(*remote_fingerprint_)) {
    say_goodbye(a);
    return FailReason::certificate_mismatch;
  }
  auto connected = a.export_keys();
  if (!connected) {
    say_goodbye(a);
    return FailReason::no_srtp_profile;
  }
  outputs_.push(std::move(*connected));
  state_ = State::connected;
  return std::nullopt;
}

/// close_notify, to a peer that believes itself connected.
void Endpoint::say_goodbye(Association& a) {
  a.send_close_notify();
  for (Buffer& b : a.take_datagrams()) outputs_.push(Transmit{std::move(b)});
}

void Endpoint::deliver(Association& a) {
  for (Buffer& b : a.take_data()) outputs_.push(Data{std::move(b)});
  if (!a.closed_by_peer() && a.phase() == Association::Phase::complete) return;
  say_goodbye(a);
  outputs_.push(Closed{});
  state_ = State::closed;
  attempts_.clear();
}

bool Endpoint::send(Bytes data) {
  if (state_ != State::connected || !attempts_.front()->send(data)) return false;
  settle();
  return true;
}

void Endpoint::close() {
  if (state_ == State::connected) {
    say_goodbye(*attempts_.front());
  }
  if (state_ != State::failed) state_ = State::closed;
  attempts_.clear();
}

void Endpoint::fail(FailReason reason) {
  state_ = State::failed;
  attempts_.clear();
  outputs_.push(Failed{reason});
}

std::optional<Output> Endpoint::poll_output() { return outputs_.pop(); }

TimePoint Endpoint::next_timeout() const {
  TimePoint earliest = kNever;
  for (const auto& a : attempts_) earliest = std::min(earliest, a->next_timeout());
  return earliest;
}

void Endpoint::handle_timeout(TimePoint now) {
  // Flights of rival handshakes would mix at the peer; only the one whose hello was seen last is
  // repeated, and the real peer repeats its hello until it is answered.
  TimePoint latest_hello = TimePoint::min();
  for (const auto& a : attempts_) latest_hello = std::max(latest_hello, a->last_hello);
  for (const auto& a : attempts_) a->handle_timeout(now, a->last_hello == latest_hello);
  settle();
}

}  // namespace plenum::dtls
