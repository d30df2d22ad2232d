#include "control/meeting.h"

#include <utility>

namespace plenum::control {
namespace {

/// Somebody in the caller's room who has been let in.
Result<Participant*, Refusal> other(const Participant& caller, const std::string& who) {
  if (caller.waiting) return Err{Refusal::not_allowed};
  Participant* p = caller.room->find(who);
  const bool seen = p && (p->visible() || p == &caller || caller.rights.moderate);
  if (!seen || p->waiting) return Err{Refusal::not_found};
  return p;
}

/// How others learn of the caller; not at all when it is hidden.
std::string shown(const Participant& caller) {
  return caller.visible() ? caller.identity : std::string();
}

std::string attribute(const Participant& p, const char* name) {
  const auto it = p.attributes.find(name);
  return it == p.attributes.end() ? std::string() : it->second;
}

}  // namespace

Status<Refusal> Meeting::set_mode(Participant& caller, Mode mode, TimePoint now) {
  const bool sends = mode == Mode::send_and_recv;
  if (caller.waiting || (sends && !caller.rights.publish) ||
      (mode == Mode::recv_only && !caller.rights.subscribe))
    return Err{Refusal::not_allowed};
  Permissions permissions = caller.permissions;
  permissions.can_publish = sends;
  permissions.can_subscribe = mode != Mode::signalling_only && caller.rights.subscribe;
  if (permissions == caller.permissions && attribute(caller, kModeAttribute) != mode_name(mode))
    return participants_.change_profile(caller, {"", "", {{kModeAttribute, mode_name(mode)}}});
  caller.attributes.try_emplace(kModeAttribute, mode_name(mode));
  participants_.set_permissions(caller, std::move(permissions), now);
  return Ok{};
}

Status<Refusal> Meeting::answer_entry(Participant& caller, const std::string& who, bool allow,
                                      TimePoint now) {
  if (caller.waiting || !caller.rights.admit) return Err{Refusal::not_allowed};
  Participant* p = caller.room->find(who);
  if (!p || !p->waiting) return Err{Refusal::not_found};
  const Room& room = *caller.room;
  if (allow && room.max_participants > 0 && room.counted() >= room.max_participants)
    return Err{Refusal::limit_exceeded};
  world_.report(*p, EntryAnswered{allow, shown(caller)});
  if (allow) {
    participants_.admit(*p, now);
  } else {
    participants_.end(*p, LeaveAction::disconnect, DisconnectReason::user_rejected, now);
  }
  return Ok{};
}

Status<Refusal> Meeting::set_pin(Participant& caller, const std::string& who, bool camera,
                                 bool share) {
  const auto p = other(caller, who);
  if (!p) return Err{p.error()};
  std::string pin = camera ? "cam" : "";
  if (share) pin += pin.empty() ? "share" : ",share";
  const std::string by = pin.empty() ? "" : shown(caller);
  if (attribute(**p, kPinAttribute) == pin && attribute(**p, kPinnedByAttribute) == by) return Ok{};
  return participants_.change_profile(**p,
                                      {"", "", {{kPinAttribute, pin}, {kPinnedByAttribute, by}}});
}

Status<Refusal> Meeting::request_media(Participant& caller, const std::string& who,
                                       TrackSource source) {
  const auto p = other(caller, who);
  if (!p) return Err{p.error()};
  world_.report(**p, MediaRequested{source, shown(caller)});
  return Ok{};
}

Status<Refusal> Meeting::mute(Participant& caller, const std::string& who, TrackSource source,
                              TimePoint now) {
  const auto p = other(caller, who);
  if (!p) return Err{p.error()};
  if (!caller.rights.moderate) return Err{Refusal::not_allowed};
  for (const auto& track : (*p)->tracks)
    if (track->description.source == source) publications_.mute_remotely(**p, *track, now);
  return Ok{};
}

Status<Refusal> Meeting::remove(Participant& caller, const std::string& who, TimePoint now) {
  const auto p = other(caller, who);
  if (!p) return Err{p.error()};
  if (!caller.rights.moderate) return Err{Refusal::not_allowed};
  participants_.remove(*caller.room, who, Participants::RemovedBy::participant, now);
  return Ok{};
}

Status<Refusal> Meeting::end(Participant& caller, TimePoint now) {
  const bool allowed = caller.rights.moderate || !world_.config.moderators_end;
  if (caller.waiting || !allowed) return Err{Refusal::not_allowed};
  participants_.close_room(*caller.room, DisconnectReason::room_closed, now,
                           DisconnectReason::room_deleted);
  return Ok{};
}

}  // namespace plenum::control
