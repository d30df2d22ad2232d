// Negotiation as offerer: our offer out, the client's answer in (RFC 8829 sections 5.2, 5.11).
#include <algorithm>

#include "media/peer/negotiation.h"
#include "media/peer/negotiation_codecs.h"
#include "media/peer/negotiation_extensions.h"
#include "media/sdp/parser.h"

namespace plenum::peer {

namespace {
constexpr std::uint64_t kMaxMessageSize = 262'144;
constexpr std::uint16_t kSctpPort = 5000;
}  // namespace

bool Negotiation::needs_offer() const {
  return mode_ == NegotiationMode::subscriber && dirty_ && !awaiting_answer_;
}

std::string Negotiation::create_offer(const LocalTransport& local) {
  if (mode_ != NegotiationMode::subscriber) return {};
  place_waiting_sends();
  sdp::Description offer;
  offer.extmap_allow_mixed = true;  // dependency descriptors with a structure need two-byte headers
  for (Section& section : sections_) {
    section.local = offer_section(section);
    if (section.send) section.sending_before = true;
    offer.sections.push_back(section.local);
  }
  dirty_ = false;
  awaiting_answer_ = true;
  return finish(std::move(offer), local, sdp::Setup::actpass);
}

void Negotiation::place_waiting_sends() {
  for (Send& send : sends_) {
    if (send.section.state != SendState::waiting || !send.section.mid.empty()) continue;
    Section* section = section_for(send.track.kind);
    if (!section) continue;  // 256 sections are in use: it waits for one to fall silent
    section->send = send.track.track;
    send.section.mid = section->mid;
  }
}

/// A silent section of this kind, else one that the client refused (its m-line may come back under
/// a new mid, RFC 8829 section 5.2.2), else a new one.
Negotiation::Section* Negotiation::section_for(MediaKind kind) {
  for (Section& section : sections_) {
    if (section.free_for(kind)) return &section;
  }
  const auto refused = std::ranges::find_if(
      sections_, [](const Section& s) { return s.is_rtp() && s.rejected && !s.send; });
  if (refused == sections_.end() && sections_.size() >= sdp::kMaxSections) return nullptr;
  Section fresh;
  fresh.kind = kind == MediaKind::audio ? sdp::SectionKind::audio : sdp::SectionKind::video;
  fresh.mid = std::to_string(next_mid_++);
  if (refused != sections_.end()) {
    *refused = std::move(fresh);
    return &*refused;
  }
  sections_.push_back(std::move(fresh));
  return &sections_.back();
}

sdp::MediaSection Negotiation::offer_section(Section& section) {
  sdp::MediaSection out;
  out.kind = section.kind;
  out.mid = section.mid;
  if (section.kind == sdp::SectionKind::application) {
    out.protocol = "UDP/DTLS/SCTP";
    out.format_text = "webrtc-datachannel";
    out.sctp_port = kSctpPort;
    out.max_message_size = kMaxMessageSize;
    if (section.rejected) out.port = 0;
    return out;
  }
  out.rtcp_mux = true;
  out.rtcp_rsize = true;
  out.direction = sdp::Direction::inactive;
  Send* send = section.send ? find_send(*section.send) : nullptr;
  if (!send) {
    out.formats = section.local.formats;
    out.extmaps = section.local.extmaps;
    if (section.rejected) out.port = 0;
    return out;
  }
  out.direction = sdp::Direction::sendonly;
  out.formats = offered_formats(send->track);
  out.extmaps = offered_extensions(section.media_kind());
  describe_send(*send, out);
  return out;
}

Status<NegotiationError> Negotiation::handle_answer(std::string_view text) {
  if (mode_ != NegotiationMode::subscriber) return Err{NegotiationError::wrong_mode};
  if (!awaiting_answer_) return Err{NegotiationError::no_offer_made};
  const auto answer = sdp::parse(text);
  if (!answer) return Err{NegotiationError::malformed};
  if (const auto s = check_answer(*answer); !s) return Err{s.error()};
  if (const auto s = check_transport(*answer, false); !s) return Err{s.error()};

  take_transport(*answer);
  awaiting_answer_ = false;
  application_.reset();
  for (std::size_t i = 0; i < answer->sections.size(); ++i) {
    take_answer(sections_[i], answer->sections[i]);
  }
  return Ok{};
}

Status<NegotiationError> Negotiation::check_answer(const sdp::Description& answer) const {
  if (answer.sections.size() != sections_.size()) return Err{NegotiationError::sections_changed};
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    const sdp::MediaSection& s = answer.sections[i];
    if (s.kind != sections_[i].kind) return Err{NegotiationError::sections_changed};
    if (!s.rejected() && s.mid != sections_[i].mid) {
      return Err{s.mid.empty() ? NegotiationError::bad_mid : NegotiationError::sections_changed};
    }
  }
  return Ok{};
}

void Negotiation::take_answer(Section& section, const sdp::MediaSection& answered) {
  section.rejected = answered.rejected();
  if (section.kind == sdp::SectionKind::application) {
    if (section.rejected) return;
    ApplicationSection application;
    application.mid = section.mid;
    application.remote_sctp_port = answered.sctp_port.value_or(kSctpPort);
    application.remote_max_message_size =
        answered.max_message_size.value_or(application.remote_max_message_size);
    application_ = std::move(application);
    return;
  }
  const bool offered = sdp::sends(section.local.direction);
  const bool taken = offered && !section.rejected && sdp::receives(answered.direction);
  section.sending_before = taken;
  // The track may have been removed while the offer was under way.
  Send* send = section.send && offered ? find_send(*section.send) : nullptr;
  if (!send) return;

  sdp::MediaSection agreed;
  bool has_codec = false;
  for (const sdp::Format& f : section.local.formats) {
    const sdp::Format* theirs = answered.format(f.payload_type);
    if (!theirs || !theirs->is(f.encoding)) continue;
    sdp::Format both = f;
    std::erase_if(both.feedback, [&](const std::string& v) { return !theirs->has_feedback(v); });
    has_codec = has_codec || codec_of(section.media_kind(), f).has_value();
    agreed.formats.push_back(std::move(both));
  }
  for (const sdp::ExtMap& e : section.local.extmaps) {
    const bool kept = std::ranges::any_of(answered.extmaps, [&](const sdp::ExtMap& a) {
      return a.id == e.id && a.uri == e.uri &&
             sdp::receives(a.direction.value_or(sdp::Direction::sendrecv));
    });
    if (kept) agreed.extmaps.push_back(e);
  }
  if (taken && has_codec) {
    set_bound(section, *send, agreed);
  } else {
    set_unsupported(&section, *send);
  }
}

}  // namespace plenum::peer
