#include "control/speakers.h"

#include <algorithm>
#include <map>
#include <set>

namespace plenum::control {

SpeakersChanged::Entry heard(const Participant& speaker, const Participant& receiver) {
  SpeakersChanged::Entry out{speaker.sid, 0, false};
  for (const auto& track : speaker.tracks) {
    if (!track->speaking) continue;
    if (&receiver != &speaker && track->subscribers.count(receiver.id) == 0) continue;
    out.level = std::max(out.level, track->level);
    out.active = true;
  }
  return out;
}

void Speakers::on_levels(const shard::Speakers& event) {
  std::map<ParticipantId, std::set<ParticipantId>> told;
  for (const shard::Speakers::Entry& entry : event.changed) {
    Track* track = world_.track(entry.track).track;
    if (!track || !track->published) continue;
    track->level = entry.active ? entry.level : 0;
    track->speaking = entry.active;
    world_.touched.insert(track->owner->room->name);
    told[track->owner->id].insert(track->owner->id);
    for (const ParticipantId id : track->subscribers) told[id].insert(track->owner->id);
  }
  for (const auto& [id, speakers] : told) {
    const Participant* p = world_.participant(id);
    if (!p) continue;
    SpeakersChanged change;
    for (const ParticipantId speaker : speakers)
      change.speakers.push_back(heard(*world_.participant(speaker), *p));
    std::stable_sort(change.speakers.begin(), change.speakers.end(),
                     [](const auto& a, const auto& b) { return a.level > b.level; });
    p->emit(std::move(change));
  }
}

void Speakers::silence(Track& track) {
  if (!track.speaking) return;
  track.level = 0;
  track.speaking = false;
  world_.touched.insert(track.owner->room->name);
  const Participant& owner = *track.owner;
  owner.emit(SpeakersChanged{{heard(owner, owner)}});
  for (const ParticipantId id : track.subscribers)
    if (const Participant* p = world_.participant(id)) p->emit(SpeakersChanged{{heard(owner, *p)}});
}

void Speakers::simulate(const Participant& p, Duration length, TimePoint now) {
  p.emit(SpeakersChanged{{{p.sid, 1, true}}});
  world_.timers.at(now + length, [this, id = p.id](TimePoint) {
    if (const Participant* speaker = world_.participant(id))
      speaker->emit(SpeakersChanged{{{speaker->sid, 0, false}}});
  });
}

}  // namespace plenum::control
