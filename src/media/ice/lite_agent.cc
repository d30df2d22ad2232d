#include "media/ice/lite_agent.h"

#include <algorithm>

namespace plenum::ice {
namespace {

constexpr int kUnknownAttribute = 420;  // RFC 8489 section 6.3.1
constexpr int kRoleConflict = 487;      // RFC 8445 section 7.3.1.1

}  // namespace

LiteAgent::LiteAgent(Credentials local, Config config)
    : config_(config), current_{std::move(local), std::nullopt} {
  config_.max_paths = std::max<std::size_t>(config_.max_paths, 2);  // the selected and one more
}

void LiteAgent::set_remote(Credentials remote) { current_.remote = std::move(remote); }

void LiteAgent::restart(Credentials new_local) {
  // Two restarts in a row: what was never used is forgotten, what works stays.
  if (!generation_fresh_) previous_ = std::move(current_);
  current_ = {std::move(new_local), std::nullopt};
  generation_fresh_ = true;
}

bool LiteAgent::owns_ufrag(std::string_view ufrag) const {
  return ufrag == current_.local.ufrag || (previous_ && ufrag == previous_->local.ufrag);
}

/// RFC 8445 section 7.3: USERNAME is "local:remote", the key is our password.
const LiteAgent::Generation* LiteAgent::authenticate(const stun::MessageView& m) const {
  const auto username = m.username();
  if (!username) return nullptr;
  const std::size_t colon = username->find(':');
  if (colon == std::string_view::npos) return nullptr;
  const std::string_view ours = username->substr(0, colon);
  const std::string_view theirs = username->substr(colon + 1);
  const Generation* g = nullptr;
  if (ours == current_.local.ufrag) {
    g = &current_;
  } else if (previous_ && ours == previous_->local.ufrag) {
    g = &*previous_;
  }
  if (g == nullptr || (g->remote && theirs != g->remote->ufrag)) return nullptr;
  return m.verify_integrity(as_bytes(g->local.pwd)) ? g : nullptr;
}

/// A check that somebody recorded and sends again from elsewhere is as authentic as the first time.
/// Clients repeat a transaction only on the path where they began it.
bool LiteAgent::is_replay(const stun::TransactionId& id, const Path& from) {
  for (const auto& [known, path] : recent_checks_)
    if (known == id) return path != from;
  if (recent_checks_.size() < kRememberedChecks) {
    recent_checks_.emplace_back(id, from);
  } else {
    recent_checks_[next_check_++ % kRememberedChecks] = {id, from};
  }
  return false;
}

Verdict LiteAgent::handle_stun(Bytes datagram, const Path& from, TimePoint now) {
  const auto m = stun::MessageView::parse(datagram);
  if (!m) return Verdict::malformed;
  if (m->message_class() != stun::Class::request || m->method() != stun::Method::binding)
    return Verdict::irrelevant;
  const Generation* g = authenticate(*m);
  if (g == nullptr || is_replay(m->transaction_id(), from)) return Verdict::unauthenticated;
  if (!m->unknown_required().empty()) {
    answer_error(*m, from, *g, kUnknownAttribute);
    return Verdict::refused;
  }
  if (m->ice_controlled()) {  // a lite agent never controls: the peer has to
    answer_error(*m, from, *g, kRoleConflict);
    return Verdict::refused;
  }
  answer_success(*m, from, *g);
  const bool first_of_generation = g == &current_ && generation_fresh_;
  if (first_of_generation) {
    generation_fresh_ = false;
    previous_.reset();
  }
  const KnownPath& checked = note_check(*m, from, now);
  outputs_.push(PathValidated{from});
  if (should_select(checked, first_of_generation, now)) select(from);
  return Verdict::accepted;
}

LiteAgent::KnownPath& LiteAgent::note_check(const stun::MessageView& m, const Path& from,
                                            TimePoint now) {
  last_check_ = now;
  auto it = std::find_if(paths_.begin(), paths_.end(),
                         [&](const KnownPath& p) { return p.path == from; });
  const bool is_new = it == paths_.end();
  if (is_new) {
    if (paths_.size() == config_.max_paths) forget_least_recent();
    paths_.push_back({.path = from, .last_check = now});
    it = paths_.end() - 1;
    it->nominated_by_first_check = m.use_candidate();
  }
  it->last_check = now;
  it->priority = m.priority().value_or(0);
  it->last_check_nominated = m.use_candidate();
  return *it;
}

bool LiteAgent::should_select(const KnownPath& checked, bool first_of_generation,
                              TimePoint now) const {
  if (!selected_ || first_of_generation) return true;
  if (*selected_ == checked.path) return false;
  const KnownPath& current = *find(*selected_);
  const Duration silence = now - current.last_check;
  if (checked.last_check_nominated) {
    // Aggressive nomination (RFC 5245 section 8.1.1.2, Firefox): every pair is nominated by its
    // first check, and among those the highest priority holds as long as it is alive.
    const bool aggressive = checked.nominated_by_first_check && current.nominated_by_first_check;
    return !aggressive || checked.priority >= current.priority ||
           silence > config_.silence_once_nominated;
  }
  return silence > (current.last_check_nominated ? config_.silence_always_nominated
                                                 : config_.silence_once_nominated);
}

void LiteAgent::select(const Path& path) {
  if (selected_ == path) return;
  selected_ = path;
  outputs_.push(PathSelected{path});
}

void LiteAgent::answer_success(const stun::MessageView& m, const Path& to, const Generation& g) {
  Buffer out = Buffer::allocate();
  stun::MessageWriter w(out.storage(), stun::Class::success, stun::Method::binding,
                        m.transaction_id());
  w.xor_mapped_address(to.remote);
  w.integrity(as_bytes(g.local.pwd));
  w.fingerprint();
  out.resize(w.size());
  outputs_.push(Transmit{to, std::move(out)});
}

void LiteAgent::answer_error(const stun::MessageView& m, const Path& to, const Generation& g,
                             int code) {
  Buffer out = Buffer::allocate();
  stun::MessageWriter w(out.storage(), stun::Class::error, stun::Method::binding,
                        m.transaction_id());
  w.error_code(code, code == kRoleConflict ? "Role Conflict" : "Unknown Attribute");
  if (code == kUnknownAttribute) w.unknown_attributes(m.unknown_required());
  w.integrity(as_bytes(g.local.pwd));
  w.fingerprint();
  out.resize(w.size());
  outputs_.push(Transmit{to, std::move(out)});
}

const LiteAgent::KnownPath* LiteAgent::find(const Path& path) const {
  for (const KnownPath& p : paths_) {
    if (p.path == path) return &p;
  }
  return nullptr;
}

void LiteAgent::forget_least_recent() {
  const auto older = [&](const KnownPath& a, const KnownPath& b) {
    return std::pair(selected_ == a.path, a.last_check) <
           std::pair(selected_ == b.path, b.last_check);
  };
  paths_.erase(std::min_element(paths_.begin(), paths_.end(), older));
}

std::optional<Path> LiteAgent::selected() const { return selected_; }

std::optional<Output> LiteAgent::poll_output() { return outputs_.pop(); }

TimePoint LiteAgent::next_timeout() const {
  if (!last_check_) return kNever;
  TimePoint earliest = *last_check_ + config_.consent_timeout;
  // The selected path lives as long as there is consent at all.
  for (const KnownPath& p : paths_)
    if (selected_ != p.path) earliest = std::min(earliest, p.last_check + config_.consent_timeout);
  return earliest;
}

void LiteAgent::handle_timeout(TimePoint now) {
  if (!last_check_) return;
  if (now - *last_check_ >= config_.consent_timeout) {
    paths_.clear();
    selected_.reset();
    last_check_.reset();
    outputs_.push(Failed{});
    return;
  }
  std::erase_if(paths_, [&](const KnownPath& p) {
    return selected_ != p.path && now - p.last_check >= config_.consent_timeout;
  });
}

void LiteAgent::forget(const Path& path) {
  std::erase_if(paths_, [&](const KnownPath& p) { return p.path == path; });
  if (selected_ == path) selected_.reset();
}

}  // namespace plenum::ice
