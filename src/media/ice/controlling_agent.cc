#include "media/ice/controlling_agent.h"

#include <algorithm>

#include "base/crypto.h"
#include "media/ice/candidate.h"

namespace plenum::ice {
namespace {

constexpr std::uint32_t kPeerReflexivePreference = 110;  // RFC 8445 section 5.1.2.2

}  // namespace

ControllingAgent::ControllingAgent(Credentials local, Config config)
    : config_(config), local_(std::move(local)), tie_breaker_(crypto::random_u64()) {}

void ControllingAgent::set_remote(Credentials remote, std::vector<Path> candidates, TimePoint now) {
  remote_ = std::move(remote);
  pairs_.clear();
  nominee_.reset();
  fail_at_ = now + config_.failure_timeout;
  for (const Path& c : candidates) add_remote_candidate(c, now);
}

void ControllingAgent::add_remote_candidate(const Path& candidate, TimePoint now) {
  if (!remote_) return;
  for (const Pair& p : pairs_) {
    if (p.remote == candidate) return;
  }
  Pair pair;
  pair.remote = candidate;
  const auto rank = static_cast<std::uint32_t>(std::min<std::size_t>(pairs_.size(), 65535));
  pair.priority = priority(kPeerReflexivePreference, 65535 - rank, 1);
  pairs_.push_back(pair);
  if (!nominee_ && next_check_ == kNever) next_check_ = now;
}

void ControllingAgent::restart(Credentials new_local) {
  local_ = std::move(new_local);
  remote_.reset();
  pairs_.clear();
  nominee_.reset();
  next_check_ = kNever;
  fail_at_ = kNever;
}

void ControllingAgent::start_check(Pair& pair, TimePoint now) {
  crypto::random_bytes(pair.transaction);
  pair.requests_sent = 0;
  if (pair.state == PairState::waiting) pair.state = PairState::in_progress;
  send_request(pair, now);
}

void ControllingAgent::send_request(Pair& pair, TimePoint now) {
  Buffer out = Buffer::allocate();
  stun::MessageWriter w(out.storage(), stun::Class::request, stun::Method::binding,
                        pair.transaction);
  w.username(remote_->ufrag + ':' + local_.ufrag);
  w.priority(pair.priority);
  w.ice_controlling(tie_breaker_);
  if (pair.nominating) w.use_candidate();
  w.integrity(as_bytes(remote_->pwd));
  w.fingerprint();
  out.resize(w.size());
  outputs_.push(Transmit{pair.remote, std::move(out)});
  // RFC 8489 section 6.2.1: the interval doubles after each request.
  pair.retransmit_at = now + config_.initial_rto * (1 << pair.requests_sent);
  ++pair.requests_sent;
}

bool ControllingAgent::handle_stun(Bytes datagram, const Path& from, TimePoint now) {
  const auto m = stun::MessageView::parse(datagram);
  if (!m || !remote_ || m->method() != stun::Method::binding) return false;
  if (m->message_class() != stun::Class::success) return false;
  for (Pair& pair : pairs_) {
    if (pair.retransmit_at == kNever || pair.transaction != m->transaction_id()) continue;
    // RFC 8445 section 7.2.5.2.1: the answer must come from where the check went.
    if (pair.remote != from || !m->verify_integrity(as_bytes(remote_->pwd))) return false;
    on_success(pair, now);
    return true;
  }
  return false;
}

void ControllingAgent::on_success(Pair& pair, TimePoint now) {
  pair.retransmit_at = kNever;
  fail_at_ = now + config_.failure_timeout;
  if (pair.state != PairState::succeeded) {
    pair.state = PairState::succeeded;
    outputs_.push(PathValidated{pair.remote});
  }
  const auto index = static_cast<std::size_t>(&pair - pairs_.data());
  if (!nominee_) {
    nominee_ = index;
    pair.nominating = true;
    next_check_ = kNever;
    for (Pair& other : pairs_) {
      if (&other != &pair) other.retransmit_at = kNever;
    }
    start_check(pair, now);
    return;
  }
  pair.next_consent = now + config_.consent_interval;
  if (selected_ != pair.remote) {
    selected_ = pair.remote;
    outputs_.push(PathSelected{pair.remote});
  }
}

ControllingAgent::Pair* ControllingAgent::next_waiting() {
  for (Pair& p : pairs_) {
    if (p.state == PairState::waiting) return &p;
  }
  return nullptr;
}

void ControllingAgent::retransmit_or_give_up(Pair& pair, TimePoint now) {
  if (pair.requests_sent < config_.max_requests) return send_request(pair, now);
  pair.retransmit_at = kNever;
  if (pair.state == PairState::in_progress) pair.state = PairState::failed;
  if (pair.nominating) pair.next_consent = now;  // a new transaction, until consent ends
}

void ControllingAgent::handle_timeout(TimePoint now) {
  if (now >= fail_at_) return fail();
  if (now >= next_check_) {
    if (Pair* pair = next_waiting(); pair != nullptr && !nominee_) {
      start_check(*pair, now);
      next_check_ = now + config_.pacing;
    } else {
      next_check_ = kNever;
    }
  }
  for (Pair& pair : pairs_) {
    if (now >= pair.retransmit_at) retransmit_or_give_up(pair, now);
    if (now >= pair.next_consent) {
      pair.next_consent = kNever;
      start_check(pair, now);
    }
  }
}

TimePoint ControllingAgent::next_timeout() const {
  TimePoint earliest = std::min(fail_at_, next_check_);
  for (const Pair& p : pairs_) earliest = std::min({earliest, p.retransmit_at, p.next_consent});
  return earliest;
}

void ControllingAgent::fail() {
  pairs_.clear();
  nominee_.reset();
  selected_.reset();
  next_check_ = kNever;
  fail_at_ = kNever;
  outputs_.push(Failed{});
}

std::optional<Output> ControllingAgent::poll_output() { return outputs_.pop(); }

bool ControllingAgent::is_validated(const Path& path) const {
  if (selected_ == path) return true;
  return std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& p) {
    return p.remote == path && p.state == PairState::succeeded;
  });
}

}  // namespace plenum::ice
