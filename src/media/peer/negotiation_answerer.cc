// Negotiation as answerer: the client's offer in, our answer out (RFC 8829 section 5.3).
#include <algorithm>
#include <set>
#include <string_view>

#include "media/peer/negotiation.h"
#include "media/peer/negotiation_codecs.h"
#include "media/peer/negotiation_extensions.h"
#include "media/peer/negotiation_transport.h"
#include "media/sdp/parser.h"

namespace plenum::peer {

namespace {

/// What we tell clients to keep data messages below. They use min(this, 64000).
constexpr std::uint64_t kMaxMessageSize = 262'144;
constexpr std::uint16_t kSctpPort = 5000;  // RFC 8841 section 13 shows it; any would do

/// RFC 8829 section 5.1.2: TLS in the name is optional when matching, the profile is not.
bool is_secure_rtp(std::string_view protocol) { return protocol.ends_with("RTP/SAVPF"); }

bool is_data_channel(const sdp::MediaSection& s) {
  return s.protocol.find("DTLS/SCTP") != std::string::npos &&
         s.format_text == "webrtc-datachannel" && s.sctp_port.has_value();
}

bool acceptable(const sdp::Description& offer, const sdp::MediaSection& s) {
  if (s.rejected() || !in_bundle(offer, s)) return false;
  if (s.kind == sdp::SectionKind::application) return is_data_channel(s);
  return s.is_rtp() && is_secure_rtp(s.protocol) && s.rtcp_mux &&
         !uplink_formats(s, nullptr, false).empty();
}

/// RFC 8851 section 6.2: restrictions are kept, but pt= may name accepted formats only.
/// nullopt when nothing of the rid is left.
std::optional<sdp::Rid> answered_rid(const sdp::Rid& offered, const sdp::MediaSection& answer) {
  sdp::Rid out{offered.id, false, offered.restrictions};
  const std::size_t at = out.restrictions.find("pt=");
  if (at != 0) return out;  // pt= comes first where it is used (RFC 8851 section 10)
  const std::size_t end = std::min(out.restrictions.find(';'), out.restrictions.size());
  std::string_view list = std::string_view(offered.restrictions).substr(3, end - 3);
  std::string kept;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
    const bool accepted = std::ranges::any_of(answer.formats, [&](const sdp::Format& f) {
      return std::to_string(f.payload_type) == one;
    });
    if (accepted) kept.append(kept.empty() ? "" : ",").append(one);
  }
  if (kept.empty()) return std::nullopt;
  out.restrictions.replace(0, end, "pt=" + kept);
  return out;
}

/// RFC 8853 section 5.3.2, in the offered order. A stream offered as paused ("~q") is answered as
/// paused: Chromium takes an answer without "~" as an order to switch the layer on again.
void answer_simulcast(const sdp::MediaSection& offered, sdp::MediaSection& out) {
  if (offered.kind != sdp::SectionKind::video) return;  // sound has no layers
  for (const sdp::Rid& rid : offered.rids) {
    if (!rid.send) continue;
    if (auto answer = answered_rid(rid, out)) out.rids.push_back(std::move(*answer));
  }
  for (const sdp::SimulcastStream& stream : offered.simulcast.send) {
    sdp::SimulcastStream answer;
    for (const sdp::SimulcastRid& r : stream) {
      const bool known = std::ranges::find(out.rids, r.rid, &sdp::Rid::id) != out.rids.end();
      if (known) answer.push_back(r);
    }
    if (!answer.empty()) out.simulcast.recv.push_back(std::move(answer));
  }
}

/// RFC 8829 section 5.3.1: port 0, the rest only as far as the grammar needs it.
sdp::MediaSection refusal(const sdp::MediaSection& offered) {
  sdp::MediaSection out;
  out.kind = offered.kind;
  out.media = offered.media;
  out.port = 0;
  out.protocol = offered.protocol;
  out.format_text = offered.format_text;
  out.mid = offered.mid;
  out.direction = sdp::Direction::inactive;
  if (!offered.formats.empty()) {
    out.formats.push_back(offered.formats.front());
    out.formats.front().feedback.clear();
  }
  return out;
}

}  // namespace

Result<Answer, NegotiationError> Negotiation::handle_offer(std::string_view text,
                                                           const LocalTransport& local) {
  if (mode_ == NegotiationMode::subscriber) return Err{NegotiationError::wrong_mode};
  const auto offer = sdp::parse(text);
  if (!offer) return Err{NegotiationError::malformed};
  if (const auto s = check_offer(*offer); !s) return Err{s.error()};
  if (const auto s = check_transport(*offer, true); !s) return Err{s.error()};

  take_transport(*offer);
  take_offer(*offer);
  requested_.reset();
  update_uplinks();
  unbind_lost_sends();
  bind_waiting_sends();
  Answer answer;
  answer.sdp = answer_text(*offer, local);
  refresh_receives();
  for (const Section& section : sections_) {
    if (section.send) answer.mid_to_track_id.emplace_back(section.mid, *section.send);
  }
  return answer;
}

Status<NegotiationError> Negotiation::check_offer(const sdp::Description& offer) const {
  if (offer.sections.empty()) return Err{NegotiationError::no_sections};
  if (offer.sections.size() < sections_.size()) return Err{NegotiationError::sections_changed};
  std::set<std::string_view> mids;
  for (std::size_t i = 0; i < offer.sections.size(); ++i) {
    const sdp::MediaSection& s = offer.sections[i];
    const bool stopped = s.rejected();
    if (!stopped && (s.mid.empty() || !mids.insert(s.mid).second)) {
      return Err{NegotiationError::bad_mid};
    }
    if (i >= sections_.size() || sections_[i].rejected || stopped) continue;
    if (sections_[i].mid != s.mid || sections_[i].kind != s.kind) {
      return Err{NegotiationError::sections_changed};
    }
  }
  return Ok{};
}

void Negotiation::take_offer(const sdp::Description& offer) {
  application_.reset();
  sections_.resize(offer.sections.size());
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    Section& section = sections_[i];
    section.remote = offer.sections[i];
    section.kind = section.remote.kind;
    section.mid = section.remote.mid;
    section.rejected = !acceptable(offer, section.remote);
    if (section.kind != sdp::SectionKind::application || section.rejected) continue;
    if (application_) {
      section.rejected = true;  // one SCTP association a transport, RFC 8841 section 5
      continue;
    }
    ApplicationSection application;
    application.mid = section.mid;
    application.remote_sctp_port = *section.remote.sctp_port;
    application.remote_max_message_size =
        section.remote.max_message_size.value_or(application.remote_max_message_size);
    application_ = std::move(application);
  }
}

std::string Negotiation::answer_text(const sdp::Description& offer, const LocalTransport& local) {
  sdp::Description answer;
  answer.extmap_allow_mixed = offer.extmap_allow_mixed;
  for (Section& section : sections_) {
    section.local = answer_section(section);
    section.sending_before =
        !section.rejected && sdp::sends(section.local.direction) && section.is_rtp();
    answer.sections.push_back(section.local);
  }
  const bool we_connect = remote_ && remote_->local_role == DtlsRole::client;
  return finish(std::move(answer), local, we_connect ? sdp::Setup::active : sdp::Setup::passive);
}

sdp::MediaSection Negotiation::answer_section(Section& section) {
  if (section.rejected) return refusal(section.remote);
  sdp::MediaSection out;
  out.kind = section.kind;
  out.protocol = section.remote.protocol;
  out.mid = section.mid;
  if (section.kind == sdp::SectionKind::application) {
    out.format_text = section.remote.format_text;
    out.sctp_port = kSctpPort;
    out.max_message_size = kMaxMessageSize;
    return out;
  }
  out.extmap_allow_mixed = section.remote.extmap_allow_mixed;
  out.rtcp_mux = true;
  out.rtcp_rsize = section.remote.rtcp_rsize;
  answer_rtp(section, out);
  return out;
}

void Negotiation::answer_rtp(Section& section, sdp::MediaSection& out) {
  const bool single = mode_ == NegotiationMode::single;
  const sdp::MediaSection& offered = section.remote;
  out.extmaps = answered_extensions(offered, single);
  Send* send = section.send ? find_send(*section.send) : nullptr;
  if (send) {
    out.direction = sdp::Direction::sendonly;
    out.formats = downlink_formats(offered, send->track);
    describe_send(*send, out);
    set_bound(section, *send, out);
    return;
  }
  out.formats = uplink_formats(offered, section.track ? &*section.track : nullptr, single);
  out.direction = section.uplink ? sdp::Direction::recvonly : sdp::Direction::inactive;
  // Also while nothing flows: layers that an answer leaves out are gone for good.
  answer_simulcast(offered, out);
}

}  // namespace plenum::peer
