// Loss and resume of the signalling connection, and changes of what a participant is: the second
// half of Participants.
#include "control/participants.h"

#include <set>
#include <utility>

#include "control/speakers.h"

namespace plenum::control {
namespace {

/// A token for the same identity that allows less than the participant has must not take its place.
bool would_gain(const ResumeRequest& request, const Participant& p) {
  return (p.rights.admit && !request.rights.admit) ||
         (p.rights.moderate && !request.rights.moderate) ||
         (request.waiting && !p.waiting && !p.asked);
}

}  // namespace

void Participants::signal_lost(ParticipantId id, std::uint64_t session, TimePoint now) {
  Participant* p = world_.participant(id);
  if (!p || p->session != session || !p->sink) return;
  p->sink = nullptr;
  p->signal_lost_at = now;
  // With media up the participant stays: every change of network loses the socket.
  if (!p->transports.ever_connected)
    expect_end(*p, world_.config.resume_grace, std::nullopt, DisconnectReason::signal_close, now);
}

Result<Resumed, ResumeRefused> Participants::resume(const ResumeRequest& request, EventSink sink,
                                                    TimePoint now) {
  Room* room = world_.room(request.room);
  Participant* p =
      room && room->api_key == request.api_key ? room->find(request.identity) : nullptr;
  const bool revoked = world_.is_revoked({request.api_key, request.room, request.identity},
                                         request.token_identity, request.token_not_before);
  if (!p || revoked || (!request.sid.empty() && p->sid != request.sid) ||
      p->token_identity != request.token_identity || would_gain(request, *p) ||
      p->transports.single != request.single || p->transports.closed)
    return Err{ResumeRefused{}};
  // Since then it may have heard nothing. Who left must be told, so it must be known.
  const TimePoint deaf_since = (p->sink ? now : p->signal_lost_at) - world_.config.unnoticed_loss;
  if (room->left_forgotten && deaf_since <= *room->left_forgotten) return Err{ResumeRefused{}};
  // Without a word: a leave could reach the client's new socket's logic through the old one.
  p->emit(SessionReplaced{});
  p->sink = std::move(sink);
  p->session = world_.new_session();
  world_.timers.cancel(p->grace_timer);
  world_.timers.cancel(p->answer_timer);  // a new offer takes the place of what may be lost
  if (p->transports.lost())
    expect_end(*p, world_.config.recovery_timeout, LeaveAction::reconnect,
               DisconnectReason::connection_timeout, now);
  tell_state_after_resume(*p, request.protocol, deaf_since, now);
  return Resumed{p->id, p->session, p->data.last_sequence};
}

void Participants::tell_state_after_resume(Participant& p, int protocol, TimePoint deaf_since,
                                           TimePoint now) {
  constexpr int kMissedLeavesSince = 8;  // livekit-wire 1.8
  if (protocol > kMissedLeavesSince) {
    auto left = Updates::left_since(*p.room, p, deaf_since);
    if (!left.empty()) p.emit(ParticipantsUpdated{std::move(left)});
  }
  std::vector<SnapshotPtr> present = Updates::others(p);
  present.push_back(Updates::snapshot(p));
  p.emit(ParticipantsUpdated{std::move(present)});
  if (!p.waiting) p.emit(RoomUpdated{p.room->snapshot()});
  if (!p.transports.single)
    world_.shards.post(p.shard, shard::RestartIce{p.transports.subscriber, false});
  p.emit(TokenDue{});
  for (const auto& track : p.tracks)
    if (std::exchange(track->mute_untold, false)) p.emit(MuteRequested{track->sid(), true});
  subscriptions_.signal_resumed(p, now);
  // Those who fell silent too: it may still show them as speaking.
  std::set<ParticipantId> speakers;
  for (const auto& [sid, s] : p.subscriptions)
    if (!s.track->is_video()) speakers.insert(s.track->owner->id);
  SpeakersChanged speaking;
  for (const ParticipantId speaker : speakers)
    speaking.speakers.push_back(heard(*world_.participant(speaker), p));
  if (!speaking.speakers.empty()) p.emit(std::move(speaking));
}

void Participants::sync(Participant& p, const SyncState& state, TimePoint now) {
  for (const std::string& sid : state.published_track_sids) {
    if (p.track(sid)) continue;
    // The client sends media that nobody would see.
    return end(p, LeaveAction::reconnect, DisconnectReason::state_mismatch, now);
  }
  TrackSettings disabled;
  disabled.disabled = true;
  subscriptions_.set_settings(p, state.disabled_track_sids, disabled, now);
  subscriptions_.set_wish(p, state.track_sids, state.subscribe, now);
}

Status<Refusal> Participants::change_profile(Participant& p, const ProfileChange& change) {
  // No name with NUL: the database could not hold it.
  if (change.metadata.size() > kMaxMetadataBytes || change.name.size() > kMaxNameBytes ||
      change.name.find('\0') != change.name.npos)
    return Err{Refusal::limit_exceeded};
  Attributes attributes = p.attributes;
  for (const auto& [key, value] : change.attributes) {
    if (value.empty()) {
      attributes.erase(key);
    } else {
      attributes[key] = value;
    }
  }
  std::size_t bytes = 0;
  for (const auto& [key, value] : attributes) bytes += key.size() + value.size();
  if (bytes > kMaxAttributesBytes) return Err{Refusal::limit_exceeded};
  if (!change.metadata.empty()) p.metadata = change.metadata;
  if (!change.name.empty()) p.name = change.name;
  p.attributes = std::move(attributes);
  updates_.changed_now(p);
  p.emit(TokenDue{});
  return Ok{};
}

void Participants::set_permissions(Participant& p, Permissions permissions, TimePoint now) {
  if (p.permissions == permissions) return;
  const bool was_visible = p.visible(), was_recorder = p.is_recorder();
  const Mode mode_before = p.mode();
  p.permissions = std::move(permissions);
  if (const auto mode = p.attributes.find(kModeAttribute); mode != p.attributes.end())
    mode->second = mode_name(p.mode());
  world_.touched.insert(p.room->name);
  publications_.enforce_permissions(p, now);
  if (was_visible && !p.visible()) updates_.hidden(p);
  updates_.changed_now(p);
  subscriptions_.reconcile(p, now);
  if (was_visible != p.visible()) {
    for (const auto& [id, other] : p.room->participants) subscriptions_.reconcile(*other, now);
    updates_.counts_changed(*p.room, now);
  }
  if (was_recorder != p.is_recorder()) updates_.room_changed(*p.room, now);
  if (mode_before != p.mode()) world_.report(p, ModeChanged{p.mode()});
  if (p.counts()) {
    world_.timers.cancel(p.room->idle_timer);
  } else if (p.room->counted() == 0 && !p.room->idle_timer) {
    close_when_idle(*p.room, p.room->departure_timeout, now);
  }
  p.emit(TokenDue{});
}

}  // namespace plenum::control
