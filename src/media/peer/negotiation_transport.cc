#include "media/peer/negotiation_transport.h"

#include <algorithm>

#include "media/peer/negotiation.h"
#include "media/sdp/writer.h"

namespace plenum::peer {

using sdp::Setup;

const sdp::MediaSection* transport_section(const sdp::Description& d) {
  for (const sdp::MediaSection& s : d.sections) {
    if (s.rejected()) continue;
    if (d.bundle_groups.empty()) return &s;
    const auto& group = d.bundle_groups.front();
    if (std::ranges::find(group, s.mid) != group.end()) return &s;
  }
  return nullptr;
}

bool in_bundle(const sdp::Description& d, const sdp::MediaSection& section) {
  if (d.bundle_groups.empty()) return transport_section(d) == &section;
  const auto& group = d.bundle_groups.front();
  return std::ranges::find(group, section.mid) != group.end();
}

namespace {

/// A sha-256 one if there is; clients may list several (RFC 8122 section 5).
std::string fingerprint_text(const sdp::TransportAttributes& t) {
  const auto it = std::ranges::find_if(t.fingerprints, [](const sdp::Fingerprint& f) {
    return sdp::equal_ignoring_case(f.algorithm, "sha-256");
  });
  const auto chosen = it == t.fingerprints.end() ? t.fingerprints.begin() : it;
  if (chosen == t.fingerprints.end()) return {};
  return chosen->algorithm + " " + chosen->value;
}

/// RFC 8842 section 5.3: who answers actpass chooses; we choose to wait, since browsers' hellos
/// come at once and gating them on ICE is then in our hand.
DtlsRole role_against(std::optional<Setup> theirs) {
  return theirs == Setup::passive ? DtlsRole::client : DtlsRole::server;
}

sdp::Fingerprint split_fingerprint(const std::string& text) {
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) return {"sha-256", text};
  return {text.substr(0, space), text.substr(space + 1)};
}

}  // namespace

Status<NegotiationError> Negotiation::check_transport(const sdp::Description& d,
                                                      bool is_offer) const {
  const sdp::MediaSection* s = transport_section(d);
  if (!s) {
    // Everything refused or stopped: only possible on a transport that already exists.
    if (remote_) return Ok{};
    return Err{NegotiationError::no_ice_credentials};
  }
  const sdp::TransportAttributes t = d.transport_of(*s);
  if (t.ice_ufrag.empty() || t.ice_pwd.empty()) return Err{NegotiationError::no_ice_credentials};
  const std::string fingerprint = fingerprint_text(t);
  if (fingerprint.empty()) return Err{NegotiationError::no_fingerprint};
  if (remote_ && !sdp::equal_ignoring_case(remote_->fingerprint, fingerprint)) {
    return Err{NegotiationError::fingerprint_changed};
  }
  if (t.setup == Setup::holdconn) return Err{NegotiationError::bad_setup};
  if (!is_offer && t.setup == Setup::actpass) return Err{NegotiationError::bad_setup};
  return Ok{};
}

void Negotiation::take_transport(const sdp::Description& d) {
  const sdp::MediaSection* s = transport_section(d);
  if (!s) {
    if (remote_) remote_->ice_restarted = false;
    return;
  }
  const sdp::TransportAttributes t = d.transport_of(*s);
  RemoteTransport next;
  next.ice_ufrag = t.ice_ufrag;
  next.ice_pwd = t.ice_pwd;
  next.fingerprint = fingerprint_text(t);
  next.ice_lite = d.ice_lite;
  next.candidates = s->candidates;
  next.local_role = remote_ ? remote_->local_role : role_against(t.setup);
  next.ice_restarted =
      remote_ && (remote_->ice_ufrag != t.ice_ufrag || remote_->ice_pwd != t.ice_pwd);
  remote_ = std::move(next);
}

std::string Negotiation::finish(sdp::Description d, const LocalTransport& local, Setup setup) {
  d.origin_id = std::to_string(session_id_);
  d.ice_lite = local.ice_lite;
  d.msid_semantic = "WMS *";
  std::vector<std::string> mids;
  for (sdp::MediaSection& s : d.sections) {
    if (s.rejected()) continue;
    s.transport.ice_ufrag = local.ice_ufrag;
    s.transport.ice_pwd = local.ice_pwd;
    s.transport.fingerprints = {split_fingerprint(local.fingerprint)};
    s.transport.setup = setup;
    if (mids.empty()) {
      s.candidates = local.candidates;
      s.end_of_candidates = !local.candidates.empty();
    }
    mids.push_back(s.mid);
  }
  if (!mids.empty()) d.bundle_groups = {std::move(mids)};

  // RFC 8829 section 5.2.2: the version grows exactly when the description changes.
  d.origin_version = version_;
  std::string text = sdp::write(d);
  if (!last_text_.empty() && text != last_text_) {
    d.origin_version = ++version_;
    text = sdp::write(d);
  }
  last_text_ = text;
  return text;
}

}  // namespace plenum::peer
