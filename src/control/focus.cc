#include "control/focus.h"

#include <algorithm>
#include <utility>

namespace plenum::control {
namespace {

/// Another speaker has to lead for a whole window of the detector (sfu/speakers.h).
constexpr Duration kLeadToTakeOver = 400ms;
constexpr std::size_t kMaxRemembered = 16;

float level_of(const Participant& p) {
  float level = 0;
  if (!p.takes_part() || p.mode() == Mode::signalling_only) return level;
  for (const auto& track : p.tracks)
    if (track->published && track->speaking && !track->description.muted)
      level = std::max(level, track->level);
  return level;
}

const Participant* loudest(const Room& room) {
  const Participant* out = nullptr;
  float most = 0;
  for (const auto& [id, p] : room.participants) {
    const float level = level_of(*p);
    if (level <= most) continue;
    most = level;
    out = p.get();
  }
  return out;
}

/// Of those who share a screen, who began last.
const Participant* presenter(const Room& room) {
  const Participant* out = nullptr;
  TrackId newest;
  for (const auto& [sid, track] : room.published) {
    if (track->description.source != TrackSource::screen_share || !track->is_video()) continue;
    if (track->description.muted || !track->owner->takes_part()) continue;
    const TrackId id = track->encodings.front().id.value_or(TrackId());
    if (out && id < newest) continue;
    newest = id;
    out = track->owner;
  }
  return out;
}

const Participant* longest_there(const Room& room) {
  for (const auto& [id, p] : room.participants)
    if (p->takes_part() && p->mode() == Mode::send_and_recv) return p.get();
  return nullptr;
}

std::string identity_of(const Participant* p) { return p ? p->identity : std::string(); }

const Participant* member(const Room& room, ParticipantId id) {
  const auto it = room.participants.find(id);
  return it == room.participants.end() ? nullptr : it->second.get();
}

}  // namespace

void FocusRules::update(TimePoint now) {
  for (const std::string& name : std::exchange(world_.touched, {}))
    if (Room* room = world_.room(name)) update(*room, now);
}

void FocusRules::choose_speaker(Room& room, TimePoint now) {
  Room::Focus& f = room.focus;
  const Participant* leader = loudest(room);
  const Participant* speaker = member(room, f.speaker);
  const bool speaks = speaker && level_of(*speaker) > 0;
  if (speaks && level_of(*speaker) >= level_of(*leader)) leader = speaker;
  if (speaks && leader != speaker) {
    if (f.challenger != leader->id) {
      f.challenger = leader->id;
      f.leads_since = now;
      world_.timers.cancel(f.timer);
      f.timer = world_.timers.at(now + kLeadToTakeOver, [this, name = room.name](TimePoint) {
        world_.touched.insert(name);
      });
    }
    if (now - f.leads_since < kLeadToTakeOver) return;
  }
  f.challenger = ParticipantId();
  world_.timers.cancel(f.timer);
  f.speaker = leader ? leader->id : ParticipantId();
  if (!leader) return;
  std::erase(f.spoke, f.speaker);
  f.spoke.insert(f.spoke.begin(), f.speaker);
  if (f.spoke.size() > kMaxRemembered) f.spoke.pop_back();
}

void FocusRules::update(Room& room, TimePoint now) {
  choose_speaker(room, now);
  Room::Focus& f = room.focus;
  std::erase_if(f.spoke, [&](ParticipantId id) {
    const Participant* p = member(room, id);
    return !p || !p->takes_part();
  });
  const Participant* shares = presenter(room);
  const Participant* main = shares;
  if (!main) main = f.spoke.empty() ? longest_there(room) : member(room, f.spoke.front());
  FocusChanged now_is{identity_of(member(room, f.speaker)), identity_of(shares), identity_of(main)};
  if (now_is == f.told) return;
  f.told = now_is;
  world_.report(room, std::move(now_is));
}

}  // namespace plenum::control
