#include "egress/inputs.h"

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include "egress/control_words.h"

namespace plenum::egress {

void Inputs::set_room(const pb::Room& room, TimePoint now) {
  std::set<std::uint64_t> present;
  std::set<std::string> identities;
  for (const pb::Member& m : room.members()) {
    identities.insert(m.identity());
    for (const pb::Track& t : m.tracks()) {
      present.insert(t.id());
      add(t, m.identity());
    }
  }
  for (auto& [id, entry] : tracks_) {
    if (present.contains(id))
      entry.goes = kNever;
    else if (entry.goes == kNever)
      entry.goes = now + kLinger;
  }
  std::erase_if(clocks_, [&](const auto& c) { return !identities.contains(c.first); });
}

void Inputs::add(const pb::Track& track, const std::string& identity) {
  Entry& entry = tracks_[track.id()];
  if (entry.codec != track.codec()) {
    entry = {.codec = track.codec()};
    auto& clock = clocks_[identity];
    if (!clock) clock = std::make_shared<ParticipantClock>();
    if (const auto codec = codec_from(track)) {
      if (is_video(track.source()))
        entry.video = std::make_unique<VideoInput>(clock, *codec);
      else
        entry.audio = std::make_unique<AudioInput>(clock, *codec);
    }
  }
  if (entry.audio) entry.audio->set_muted(track.muted());
}

void Inputs::set_wanted(const Director::Wanted& wanted) {
  for (auto& [id, entry] : tracks_) {
    if (!entry.video) continue;
    const auto at = wanted.video.find(id);
    entry.video->want(at == wanted.video.end() ? std::nullopt : std::optional(at->second));
  }
}

void Inputs::handle_media(RelayRecord record, TimePoint now) {
  const auto at = tracks_.find(record.track);
  if (at == tracks_.end()) return;
  Entry& e = at->second;
  if (auto* packet = std::get_if<MediaPacket>(&record.what)) {
    if (e.video)
      e.video->handle_packet(record.layer, std::move(*packet), now);
    else if (e.audio)
      e.audio->handle_packet(std::move(*packet), record.red, now);
  } else if (const auto* report = std::get_if<SenderReport>(&record.what)) {
    if (e.video)
      e.video->handle_sender_report(record.layer, *report, now);
    else if (e.audio)
      e.audio->handle_sender_report(*report, now);
  }
}

TimePoint Inputs::next_timeout() const {
  TimePoint next = kNever;
  for (const auto& [id, e] : tracks_) {
    next = std::min(next, e.goes);
    if (e.video) next = std::min(next, e.video->next_timeout());
    if (e.audio) next = std::min(next, e.audio->next_timeout());
  }
  return next;
}

void Inputs::handle_timeout(TimePoint now) {
  std::erase_if(tracks_, [&](const auto& t) { return t.second.goes <= now; });
  for (auto& [id, e] : tracks_) {
    if (e.video && e.video->next_timeout() <= now) e.video->handle_timeout(now);
    if (e.audio && e.audio->next_timeout() <= now) e.audio->handle_timeout(now);
  }
}

const TimedPicture* Inputs::picture(std::uint64_t track, TimePoint until) {
  const auto at = tracks_.find(track);
  return at == tracks_.end() || !at->second.video ? nullptr : at->second.video->advance(until);
}

std::vector<AudioSource*> Inputs::sources() {
  std::vector<AudioSource*> sources;
  for (auto& [id, e] : tracks_)
    if (e.audio) sources.push_back(&e.audio->source());
  return sources;
}

std::vector<Inputs::KeyFrameRequest> Inputs::take_key_frame_requests(TimePoint now) {
  std::vector<KeyFrameRequest> requests;
  for (auto& [id, e] : tracks_)
    if (e.video && e.goes == kNever && e.video->wants_key_frame(now))
      requests.push_back({.track = id, .layer = *e.video->wanted()});
  return requests;
}

}  // namespace plenum::egress
