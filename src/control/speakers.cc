#include "control/speakers.h"

#include <algorithm>
#include <map>

namespace plenum::control {

void Speakers::on_levels(const shard::Speakers& event) {
  std::map<ParticipantId, SpeakersChanged> told;
  for (const shard::Speakers::Entry& entry : event.changed) {
    Track* track = world_.track(entry.track).track;
    if (!track || !track->published) continue;
    track->level = entry.active ? entry.level : 0;
    track->speaking = entry.active;
    const SpeakersChanged::Entry change{track->owner->sid, track->level, track->speaking};
    told[track->owner->id].speakers.push_back(change);
    for (const ParticipantId id : track->subscribers) told[id].speakers.push_back(change);
  }
  for (auto& [id, change] : told) {
    std::stable_sort(change.speakers.begin(), change.speakers.end(),
                     [](const auto& a, const auto& b) { return a.level > b.level; });
    if (Participant* p = world_.participant(id)) p->emit(std::move(change));
  }
}

void Speakers::silence(Track& track) {
  if (!track.speaking) return;
  const SpeakersChanged change{{{track.owner->sid, 0, false}}};
  track.owner->emit(change);
  for (const ParticipantId id : track.subscribers)
    if (Participant* p = world_.participant(id)) p->emit(change);
  track.level = 0;
  track.speaking = false;
}

}  // namespace plenum::control
