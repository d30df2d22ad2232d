#include "media/peer/negotiation.h"

#include <algorithm>

namespace plenum::peer {

namespace {
/// RFC 8829 section 5.2.1: the session id is below 2^63.
constexpr std::uint64_t kSessionIdMask = ~std::uint64_t{0} >> 1;
}  // namespace

Negotiation::Negotiation(NegotiationMode mode, std::uint64_t session_id)
    : mode_(mode), session_id_(session_id & kSessionIdMask) {
  if (mode_ != NegotiationMode::subscriber) return;
  // Our offers begin with the data channels, so that the first one says something without tracks.
  Section application;
  application.kind = sdp::SectionKind::application;
  application.mid = std::to_string(next_mid_++);
  sections_.push_back(std::move(application));
}

std::optional<NegotiationEvent> Negotiation::poll() { return events_.pop(); }

const ReceiveSection* Negotiation::receive_section(TrackId track) const {
  const auto it = std::ranges::find(receives_, std::optional(track), &ReceiveSection::track);
  return it == receives_.end() ? nullptr : &*it;
}

const SendSection* Negotiation::send_section(TrackId track) const {
  for (const Send& send : sends_) {
    if (send.track.track == track) return &send.section;
  }
  return nullptr;
}

std::vector<SendSection> Negotiation::send_sections() const {
  std::vector<SendSection> out;
  out.reserve(sends_.size());
  for (const Send& send : sends_) out.push_back(send.section);
  return out;
}

std::vector<std::pair<std::string, TrackId>> Negotiation::mid_to_track_id() const {
  std::vector<std::pair<std::string, TrackId>> out;
  for (const Section& section : sections_) {
    if (section.send && sdp::sends(section.local.direction)) {
      out.emplace_back(section.mid, *section.send);
    }
  }
  return out;
}

}  // namespace plenum::peer
