// Negotiation, media from the client: which section carries which announced track.
#include <algorithm>
#include <set>

#include "media/peer/negotiation.h"
#include "media/peer/negotiation_codecs.h"
#include "media/peer/negotiation_extensions.h"

namespace plenum::peer {

namespace {

/// The track id of the section: a=msid, else the msid attribute of an SSRC. Empty when neither is.
std::string track_id_of(const sdp::MediaSection& s) {
  for (const sdp::Msid& m : s.msids) {
    if (!m.track.empty()) return m.track;
  }
  for (const sdp::SsrcAttributes& a : s.ssrcs) {
    if (a.msid && !a.msid->track.empty()) return a.msid->track;
  }
  return {};
}

}  // namespace

void Negotiation::add_pending_track(PendingTrack track) {
  std::erase_if(pending_, [&](const PendingTrack& p) { return p.track == track.track; });
  pending_.push_back(std::move(track));
  match_by_cid();
  match_by_kind();
  refresh_receives();
}

void Negotiation::remove_pending_track(TrackId track) {
  std::erase_if(pending_, [&](const PendingTrack& p) { return p.track == track; });
  for (Section& section : sections_) {
    if (!section.track || section.track->track != track) continue;
    section.track.reset();
    section.refused = true;
    section.uplink = false;
  }
  refresh_receives();
}

void Negotiation::update_uplinks() {
  for (Section& section : sections_) {
    const std::string cid = track_id_of(section.remote);
    const bool sending =
        section.is_rtp() && !section.rejected && sdp::sends(section.remote.direction);
    if (!sending) {
      end_uplink(section);
      section.refused = false;
      section.uplink = false;
      section.sdp_cid.clear();
      continue;
    }
    const bool renamed = cid != section.sdp_cid;
    if (renamed) section.refused = false;
    if (renamed && section.track) {
      // A new name alone is no new track (clients rename on replaceTrack); a new name that was
      // announced is, and so is the loss of the name.
      const bool announced = std::ranges::any_of(pending_, [&](const PendingTrack& p) {
        return p.kind == section.media_kind() && p.cid == cid;
      });
      if (cid.empty() || announced) end_uplink(section);
    }
    section.sdp_cid = cid;
    section.uplink = !section.refused;
  }
  match_by_cid();
  match_by_kind();
}

void Negotiation::end_uplink(Section& section) {
  if (!section.track) return;
  events_.push(UplinkEnded{section.track->track});
  section.track.reset();
}

void Negotiation::match_by_cid() {
  for (Section& section : sections_) {
    if (!section.uplink || section.track || section.sdp_cid.empty()) continue;
    if (auto track = take_track_with_cid(section)) bind_uplink(section, std::move(*track));
  }
}

/// Exact matches only: among the waiting tracks by cid, then by the name they had earlier, then
/// among tracks that match_by_kind() gave to a section of another name.
std::optional<PendingTrack> Negotiation::take_track_with_cid(const Section& section) {
  const auto take = [&](auto name) -> std::optional<PendingTrack> {
    const auto it = std::ranges::find_if(pending_, [&](const PendingTrack& p) {
      return p.kind == section.media_kind() && p.*name == section.sdp_cid;
    });
    if (it == pending_.end()) return std::nullopt;
    PendingTrack track = std::move(*it);
    pending_.erase(it);
    return track;
  };
  if (auto track = take(&PendingTrack::cid)) return track;
  if (auto track = take(&PendingTrack::sdp_cid)) return track;
  for (Section& other : sections_) {
    if (!other.track || other.kind != section.kind || other.sdp_cid == other.track->cid) continue;
    if (other.track->cid != section.sdp_cid) continue;
    PendingTrack track = std::move(*other.track);
    other.track.reset();
    return track;
  }
  return std::nullopt;
}

void Negotiation::match_by_kind() {
  for (Section& section : sections_) {
    if (!section.uplink || section.track) continue;
    const auto it = std::ranges::find(pending_, section.media_kind(), &PendingTrack::kind);
    if (it == pending_.end()) continue;
    PendingTrack track = std::move(*it);
    pending_.erase(it);
    bind_uplink(section, std::move(track));
  }
}

void Negotiation::bind_uplink(Section& section, PendingTrack track) {
  events_.push(UplinkBound{track.track});
  section.track = std::move(track);
}

ReceiveSection Negotiation::receive_section_of(const Section& section) const {
  ReceiveSection out;
  out.mid = section.mid;
  out.kind = section.media_kind();
  out.active = section.uplink && section.local.direction == sdp::Direction::recvonly;
  if (section.track) out.track = section.track->track;
  out.sdp_cid = section.sdp_cid;
  for (const sdp::Format& f : section.local.formats) {
    if (f.is("red") && out.kind == MediaKind::audio) {
      out.red_payload_type = f.payload_type;
      out.red_preferred = out.codecs.empty();
    }
    const auto c = codec_of(out.kind, f);
    if (!c) continue;
    NegotiatedCodec negotiated{f.payload_type, *c, f.fmtp, std::nullopt, feedback_of(f)};
    if (const sdp::Format* rtx = section.local.rtx_of(f.payload_type)) {
      negotiated.rtx_payload_type = rtx->payload_type;
    }
    out.codecs.push_back(std::move(negotiated));
  }
  out.extensions = received_extensions(section.local.extmaps);
  for (const sdp::SimulcastStream& stream : section.remote.simulcast.send) {
    for (const sdp::SimulcastRid& r : stream) {
      const auto& accepted = section.local.rids;
      if (std::ranges::find(accepted, r.rid, &sdp::Rid::id) == accepted.end()) continue;
      out.rids.push_back(ReceiveRid{r.rid, r.paused});
    }
  }
  std::set<Ssrc> repairs;
  for (const sdp::SsrcGroup& group : section.remote.ssrc_groups) {
    if (group.semantics == "SIM" || group.ssrcs.size() != 2) continue;
    repairs.insert(group.ssrcs[1]);
    if (group.semantics == "FID") out.rtx_ssrcs.emplace_back(group.ssrcs[0], group.ssrcs[1]);
  }
  for (const sdp::SsrcAttributes& a : section.remote.ssrcs) {
    if (out.cname.empty()) out.cname = a.cname;
    if (!repairs.contains(a.ssrc)) out.ssrcs.push_back(a.ssrc);
  }
  return out;
}

void Negotiation::refresh_receives() {
  receives_.clear();
  receive_extensions_ = {};
  for (const Section& section : sections_) {
    const bool sending =
        section.is_rtp() && !section.rejected && sdp::sends(section.remote.direction);
    if (!sending) continue;
    receives_.push_back(receive_section_of(section));
    const rtp::ExtensionMap& map = receives_.back().extensions;
    for (std::size_t i = 0; i < rtp::kExtensionCount; ++i) {
      const auto e = static_cast<rtp::Extension>(i);
      if (map.has(e) && !receive_extensions_.has(e)) receive_extensions_.set(e, map.id(e));
    }
  }
}

}  // namespace plenum::peer
