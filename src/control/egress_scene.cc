#include "control/egress_scene.h"

#include <algorithm>

namespace plenum::control {
namespace {

/// More are not shown, and their voices are not mixed.
constexpr std::size_t kMaxMembers = 500;

bool is_pinned(const Participant& p, std::string_view what) {
  const auto pin = p.attributes.find(kPinAttribute);
  return pin != p.attributes.end() && pin->second.find(what) != std::string::npos;
}

EgressScene::Track track_of(const Track& track) {
  const TrackCodec& codec = track.description.codecs.front();
  EgressScene::Track out;
  out.id = *track.encodings.front().id;
  out.source = track.description.source;
  if (out.source == TrackSource::unknown)
    out.source = track.is_video() ? TrackSource::camera : TrackSource::microphone;
  out.codec = codec.codec;
  out.red = codec.red;
  out.muted = track.description.muted;
  out.simulcast = track.encodings.front().simulcast;
  out.layers = codec.layers;
  return out;
}

bool is_shown(const Participant& p) { return p.visible() && !p.waiting; }

bool can_be_composed(const Track& track) {
  return track.published && track.encodings.front().id &&
         track.description.encryption == Encryption::none;
}

/// nullptr: not shown. Everybody is one when none are named, or when that one has no name.
const EgressSubject* subject_of(const std::vector<EgressSubject>& subjects,
                                const std::string& identity) {
  static const EgressSubject kAll;
  if (subjects.empty()) return &kAll;
  const auto it = std::ranges::find_if(subjects, [&](const EgressSubject& s) {
    return s.identity.empty() || s.identity == identity;
  });
  return it == subjects.end() ? nullptr : &*it;
}

bool is_named(const EgressSubject& subject, const std::string& sid, TrackSource source) {
  return subject.tracks.empty() || std::ranges::any_of(subject.tracks, [&](const auto& name) {
           return name == sid || name == source_name(source);
         });
}

}  // namespace

EgressScene scene_of(const Room& room, const EgressJob& job) {
  EgressScene scene;
  const std::string only = job.copy ? job.copy->track : "";
  std::vector<std::pair<float, std::string>> speaking;
  for (const auto& [id, p] : room.participants) {
    if (!is_shown(*p) || scene.members.size() >= kMaxMembers) continue;
    const EgressSubject* subject = subject_of(job.subjects, p->identity);
    if (!subject) continue;
    EgressScene::Member& member = scene.members.emplace_back();
    member.identity = p->identity;
    member.name = p->name;
    member.may_publish = p->permissions.can_publish;
    member.pinned_camera = is_pinned(*p, "cam");
    member.pinned_screen = is_pinned(*p, "share");
    float level = 0;
    for (const auto& track : p->tracks) {
      if (!can_be_composed(*track)) continue;
      EgressScene::Track shown = track_of(*track);
      if (!is_named(*subject, track->sid(), shown.source)) continue;
      if (!only.empty() && only != track->sid()) continue;
      member.tracks.push_back(std::move(shown));
      if (track->speaking) level = std::max(level, track->level);
    }
    const bool is_needed =
        !subject->tracks.empty() && !subject->identity.empty() && (!job.copy || !only.empty());
    if (member.tracks.empty() && is_needed) {
      scene.members.pop_back();
      continue;
    }
    if (level > 0) speaking.emplace_back(level, p->identity);
  }
  std::ranges::stable_sort(speaking, std::greater{}, [](const auto& s) { return s.first; });
  for (auto& [level, identity] : speaking) scene.speakers.push_back(std::move(identity));
  return scene;
}

bool is_seen(const Room& room, const std::string& identity) {
  const auto it = room.by_identity.find(identity);
  return it != room.by_identity.end() && is_shown(*it->second);
}

}  // namespace plenum::control
