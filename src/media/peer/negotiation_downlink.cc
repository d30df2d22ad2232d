// Negotiation, media to the client: waiting tracks and the sections that can carry them.
#include <algorithm>

#include "media/peer/negotiation.h"
#include "media/peer/negotiation_codecs.h"
#include "media/peer/negotiation_extensions.h"

namespace plenum::peer {

void Negotiation::add_send(SendTrack track) {
  remove_send(track.track);
  Send send;
  send.section.track = track.track;
  send.section.kind = track.kind;
  send.section.ssrc = track.ssrc;
  send.section.rtx_ssrc = track.rtx_ssrc;
  send.track = std::move(track);
  sends_.push_back(std::move(send));
  dirty_ = true;
}

void Negotiation::remove_send(TrackId track) {
  std::erase_if(sends_, [&](const Send& s) { return s.track.track == track; });
  for (Section& section : sections_) {
    if (section.send != track) continue;
    section.send.reset();
    dirty_ = true;
  }
}

Negotiation::Send* Negotiation::find_send(TrackId track) {
  const auto it =
      std::ranges::find_if(sends_, [&](const Send& s) { return s.track.track == track; });
  return it == sends_.end() ? nullptr : &*it;
}

bool Negotiation::can_send_in(const Section& section) const {
  return mode_ == NegotiationMode::single && section.is_rtp() && !section.rejected &&
         section.remote.direction == sdp::Direction::recvonly;
}

void Negotiation::unbind_lost_sends() {
  for (Section& section : sections_) {
    Send* send = section.send ? find_send(*section.send) : nullptr;
    if (!send) continue;
    if (!can_send_in(section)) {
      if (send->section.state == SendState::bound) events_.push(SendUnbound{send->track.track});
      send->section.state = SendState::waiting;
      send->section.mid.clear();
      section.send.reset();
    } else if (downlink_formats(section.remote, send->track).empty()) {
      set_unsupported(&section, *send);
    }
  }
}

void Negotiation::bind_waiting_sends() {
  for (Send& send : sends_) {
    if (send.section.state != SendState::waiting || !send.section.mid.empty()) continue;
    for (Section& section : sections_) {
      if (!can_send_in(section) || !section.free_for(send.track.kind)) continue;
      if (downlink_formats(section.remote, send.track).empty()) {
        set_unsupported(nullptr, send);
      } else {
        section.send = send.track.track;
      }
      break;
    }
  }
}

void Negotiation::set_unsupported(Section* section, Send& send) {
  if (section) section->send.reset();
  send.section.mid.clear();
  if (send.section.state == SendState::unsupported) return;
  send.section.state = SendState::unsupported;
  events_.push(SendUnsupported{send.track.track});
}

/// `negotiated` holds exactly what both sides agreed on: one codec, its rtx, red.
void Negotiation::set_bound(const Section& section, Send& send,
                            const sdp::MediaSection& negotiated) {
  SendSection& out = send.section;
  out.mid = section.mid;
  out.rtx_payload_type.reset();
  out.red_payload_type.reset();
  for (const sdp::Format& f : negotiated.formats) {
    if (f.is("rtx")) {
      out.rtx_payload_type = f.payload_type;
    } else if (f.is("red")) {
      out.red_payload_type = f.payload_type;
    } else {
      out.payload_type = f.payload_type;
      out.feedback = feedback_of(f);
    }
  }
  out.extensions = sent_extensions(out.kind, negotiated.extmaps);
  if (out.state == SendState::bound) return;
  out.state = SendState::bound;
  events_.push(SendBound{send.track.track});
}

/// Names and SSRCs of a sending section: RFC 8830, RFC 5576.
void Negotiation::describe_send(const Send& send, sdp::MediaSection& out) const {
  const SendTrack& t = send.track;
  const sdp::Msid msid{t.stream_id, t.track_id};
  out.msids = {msid};
  out.ssrcs = {{t.ssrc, t.cname, msid}};
  const bool rtx = std::ranges::any_of(out.formats, [](const auto& f) { return f.is("rtx"); });
  if (!rtx || t.rtx_ssrc == Ssrc(0)) return;
  out.ssrcs.push_back({t.rtx_ssrc, t.cname, msid});
  out.ssrc_groups = {{"FID", {t.ssrc, t.rtx_ssrc}}};
}

std::optional<SectionsNeeded> Negotiation::take_needed() {
  if (mode_ != NegotiationMode::single) return std::nullopt;
  const auto missing = [&](MediaKind kind, bool& offer_helps) {
    const auto waiting = std::ranges::count_if(sends_, [&](const Send& s) {
      return s.track.kind == kind && s.section.state == SendState::waiting;
    });
    const auto free = std::ranges::count_if(
        sections_, [&](const Section& s) { return can_send_in(s) && s.free_for(kind); });
    if (waiting > 0 && free > 0) offer_helps = true;
    return static_cast<std::uint32_t>(std::max<std::ptrdiff_t>(0, waiting - free));
  };
  bool offer_helps =
      std::ranges::any_of(sections_, [](const Section& s) { return s.sending_before && !s.send; });
  const std::uint32_t audio = missing(MediaKind::audio, offer_helps);
  const std::uint32_t video = missing(MediaKind::video, offer_helps);
  const SectionsNeeded asked = requested_.value_or(SectionsNeeded{});
  const SectionsNeeded more{audio > asked.audio ? audio - asked.audio : 0,
                            video > asked.video ? video - asked.video : 0};
  if (more == SectionsNeeded{} && (requested_ || !offer_helps)) return std::nullopt;
  requested_ = SectionsNeeded{asked.audio + more.audio, asked.video + more.video};
  return more;
}

}  // namespace plenum::peer
