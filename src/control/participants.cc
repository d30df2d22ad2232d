#include "control/participants.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/log.h"
#include "control/lobby.h"

namespace plenum::control {
namespace {

/// "api": removed by a server API, which LiveKit's reason to leave does not tell apart.
constexpr const char* kRemovedByAttribute = "plenum.removedBy";

bool request_counts(const JoinRequest& r) {
  return !r.permissions.recorder && !r.permissions.agent && r.kind != ParticipantKind::agent &&
         r.kind != ParticipantKind::egress;
}

void take_over_profile(const Participant& old, JoinRequest& r) {
  if (r.keep_metadata && r.metadata.empty()) r.metadata = old.metadata;
  if (r.keep_attributes) r.attributes.insert(old.attributes.begin(), old.attributes.end());
}

/// What others set on the one that is replaced and what stays.
Attributes pins_of(const Participant& old) {
  Attributes out;
  for (const char* name : {kPinAttribute, kPinnedByAttribute})
    if (const auto it = old.attributes.find(name); it != old.attributes.end()) out.insert(*it);
  return out;
}

/// Over two connections a section that is used again keeps the first track's id in the client,
/// which would then have nothing else to tell tracks of one stream apart (livekit-wire 4.4, 4.6).
bool takes_sync_streams(const Participant& p) {
  constexpr int kSinceProtocol = 10;
  const std::string& browser = p.client.browser;  // SDKs differ in how they write it
  return p.transports.single && p.client.protocol >= kSinceProtocol && browser != "Firefox" &&
         browser != "firefox";
}

}  // namespace

Status<JoinRefusal> Participants::check(const JoinRequest& request) const {
  if (world_.is_revoked({request.api_key, request.room, request.identity}, request.token_identity,
                        request.token_not_before))
    return Err{JoinRefusal::token_revoked};
  const Room* room = world_.room(request.room);
  if (!room) {
    if (!world_.config.auto_create_rooms) return Err{JoinRefusal::room_not_found};
    if (world_.rooms.size() >= world_.config.max_rooms) return Err{JoinRefusal::too_many_rooms};
    return Ok{};
  }
  if (room->api_key != request.api_key) return Err{JoinRefusal::room_not_found};
  const Participant* old = room->find(request.identity);
  if (old && old->token_identity != request.token_identity) return Err{JoinRefusal::identity_taken};
  if (request.waiting) return check_lobby(request, *room, old);
  if (room->max_participants > 0 && request_counts(request) && !(old && old->counts()) &&
      room->counted() >= room->max_participants)
    return Err{JoinRefusal::room_full};
  return Ok{};
}

Result<Joined, JoinRefusal> Participants::join(JoinRequest request, EventSink sink, TimePoint now) {
  if (const auto checked = check(request); !checked) return Err{checked.error()};
  Room* room = world_.room(request.room);
  if (!room) {
    auto created = rooms_.create(request.api_key, request.room,
                                 request.room_settings.value_or(RoomSettings{}));
    if (!created) return Err{created.error()};
    room = *created;
    close_when_idle(*room, room->empty_timeout, now);
    log::info("room {} {} opened", room->sid, room->name);
  }
  // The newest wins. Its end must reach the others before the first word about the new one.
  Attributes pins;
  if (Participant* old = room->find(request.identity)) {
    take_over_profile(*old, request);
    pins = pins_of(*old);
    end(*old, LeaveAction::disconnect, DisconnectReason::duplicate_identity, now);
  }
  if (!room->batch_left.empty()) updates_.flush(*room);

  const bool hide_ice_lite = request.disable_ice_lite;
  Participant& p = create(*room, std::move(request), std::move(sink), now);
  p.attributes.merge(pins);
  add_peers(p, hide_ice_lite);
  start_timers(p, now);
  updates_.joined(p, now);
  if (p.is_recorder()) updates_.room_changed(*room, now);
  world_.report(p, p.waiting ? DomainEvent::What(EntryRequested{}) : ParticipantJoined{p.client});
  updates_.counts_changed(*room, now);
  p.emit(TokenDue{});
  // Not only when media flows: so the first description names all tracks, and no client gets one
  // while it is busy with becoming connected (some lose it then).
  subscriptions_.reconcile(p, now);
  log::info("participant {} {} joined room {} on shard {}", p.sid, p.identity, room->sid,
            p.shard.value());
  const bool subscriber_primary = !p.transports.single && p.permissions.can_subscribe;
  return Joined{p.id,
                p.session,
                p.waiting ? seen_from_lobby(*room) : room->snapshot(),
                Updates::snapshot(p),
                Updates::others(p),
                room->sif_trailer,
                subscriber_primary,
                p.permissions.can_publish};
}

Participant& Participants::create(Room& room, JoinRequest request, EventSink sink, TimePoint now) {
  auto owned = std::make_unique<Participant>();
  Participant& p = *owned;
  p.id = world_.new_participant_id();
  p.room = &room;
  p.shard = world_.placement.place(room.name);
  p.sid = "PA_" + crypto::random_text(12);
  p.identity = std::move(request.identity);
  p.token_identity = std::move(request.token_identity);
  p.name = std::move(request.name);
  p.metadata = std::move(request.metadata);
  p.attributes = std::move(request.attributes);
  p.permissions = std::move(request.permissions);
  p.rights = request.rights;
  p.waiting = p.asked = request.waiting;
  for (const char* of_another_call : {kLobbyAttribute, kPinAttribute, kPinnedByAttribute})
    p.attributes.erase(of_another_call);
  if (p.waiting) wait_in_lobby(p);
  p.kind = request.kind;
  p.kind_details = std::move(request.kind_details);
  p.client = std::move(request.client);
  p.auto_subscribe = request.auto_subscribe;
  p.adaptive_stream = request.adaptive_stream;
  p.state = ParticipantState::joined;
  p.joined_at = now;
  p.joined_at_ms = world_.unix_ms();
  p.transports.single = request.single;
  p.sink = std::move(sink);
  p.session = world_.new_session();
  world_.participants[p.id] = &p;
  room.by_identity[p.identity] = &p;
  room.participants.emplace(p.id, std::move(owned));
  if (p.counts()) world_.timers.cancel(room.idle_timer);
  return p;
}

void Participants::add_peers(Participant& p, bool hide_ice_lite) {
  Transports& t = p.transports;
  const auto add = [&](shard::PeerMode mode) {
    const PeerId id = world_.new_peer_id();
    world_.peers[id] = &p;
    world_.shards.post(p.shard, shard::AddPeer{.peer = id,
                                               .room = p.room->id,
                                               .mode = mode,
                                               .name = p.sid,
                                               .hide_ice_lite = hide_ice_lite,
                                               .sync_streams = takes_sync_streams(p)});
    return id;
  };
  if (t.single) {
    t.publisher = t.subscriber = t.primary = add(shard::PeerMode::single);
    return;
  }
  t.publisher = add(shard::PeerMode::publisher);
  t.subscriber = add(shard::PeerMode::subscriber);
  t.primary = p.permissions.can_subscribe ? t.subscriber : t.publisher;
}

void Participants::start_timers(Participant& p, TimePoint now) {
  p.join_timer = world_.timers.at(now + world_.config.join_timeout, [this, id = p.id](TimePoint t) {
    Participant* late = world_.participant(id);
    if (late && late->state != ParticipantState::active)
      end(*late, LeaveAction::disconnect, DisconnectReason::join_failure, t);
  });
  renew_token_later(p, now);
}

void Participants::renew_token_later(Participant& p, TimePoint now) {
  p.token_timer =
      world_.timers.at(now + world_.config.token_interval, [this, id = p.id](TimePoint t) {
        Participant* due = world_.participant(id);
        if (!due) return;
        due->emit(TokenDue{});
        renew_token_later(*due, t);
      });
}

void Participants::on_connected(PeerId peer, TimePoint now) {
  Participant* p = world_.by_peer(peer);
  if (!p) return;
  Transports& t = p->transports;
  if (!t.ever_connected) world_.timers.cancel(p->grace_timer);
  t.ever_connected = true;
  if (peer == t.publisher) t.publisher_up = true;
  if (peer == t.subscriber) t.subscriber_up = true;
  if (peer != t.primary || p->state != ParticipantState::joined) return;
  p->state = ParticipantState::active;
  world_.timers.cancel(p->join_timer);
  updates_.changed(*p, now);
  if (!p->waiting) world_.report(*p, ParticipantActivated{});
  if (const auto held = std::exchange(p->sections_held, std::nullopt)) p->emit(*held);
}

void Participants::on_sections_needed(const shard::SectionsNeeded& event) {
  Participant* p = world_.by_peer(event.peer);
  if (!p) return;
  if (p->state == ParticipantState::active)
    return p->emit(SectionsRequired{event.audio, event.video});
  SectionsRequired& held = p->sections_held ? *p->sections_held : p->sections_held.emplace();
  held.audio += event.audio;
  held.video += event.video;
}

void Participants::on_disconnected(const shard::PeerDisconnected& event, TimePoint now) {
  Participant* p = world_.by_peer(event.peer);
  if (!p) return;
  Transports& t = p->transports;
  const bool lost_before = t.lost();
  if (event.peer == t.publisher) t.publisher_lost = true;
  if (event.peer == t.subscriber) t.subscriber_lost = true;
  if (event.final) return on_closed(*p, now);
  if (lost_before) return;
  // The client must come back with a new socket: some wait for the old one to close.
  p->emit(LeaveSent{LeaveAction::resume, DisconnectReason::connection_timeout});
  p->sink = nullptr;
  p->signal_lost_at = now;
  expect_end(*p, world_.config.resume_grace, std::nullopt, DisconnectReason::connection_timeout,
             now);
}

void Participants::on_closed(Participant& p, TimePoint now) {
  if (std::exchange(p.transports.closed, true)) return;
  // Not at once: the client may have closed it, and its leave may still come by the socket.
  expect_end(p, world_.config.closed_grace, LeaveAction::reconnect,
             DisconnectReason::connection_timeout, now);
}

void Participants::on_reconnected(PeerId peer) {
  Participant* p = world_.by_peer(peer);
  if (!p) return;
  Transports& t = p->transports;
  if (peer == t.publisher) t.publisher_lost = false;
  if (peer == t.subscriber) t.subscriber_lost = false;
  if (!t.lost() && !t.closed) world_.timers.cancel(p->grace_timer);
}

void Participants::expect_end(Participant& p, Duration after, std::optional<LeaveAction> action,
                              DisconnectReason reason, TimePoint now) {
  world_.timers.cancel(p.grace_timer);
  p.grace_timer = world_.timers.at(now + after, [this, id = p.id, action, reason](TimePoint t) {
    if (Participant* gone = world_.participant(id)) end(*gone, action, reason, t);
  });
}

void Participants::end(Participant& p, std::optional<LeaveAction> action, DisconnectReason reason,
                       TimePoint now) {
  Room& room = *p.room;
  log::info("participant {} {} left room {}: reason {}", p.sid, p.identity, room.sid,
            static_cast<int>(reason));
  if (action) p.emit(LeaveSent{*action, reason});
  p.sink = nullptr;
  const bool was_active = p.state == ParticipantState::active;
  p.state = ParticipantState::disconnected;
  p.disconnect_reason = reason;
  data_.participant_ended(p);
  subscriptions_.subscriber_removed(p, now);
  publications_.remove_all(p, now);
  world_.shards.post(p.shard, shard::RemovePeer{p.transports.publisher});
  if (!p.transports.single) world_.shards.post(p.shard, shard::RemovePeer{p.transports.subscriber});
  world_.peers.erase(p.transports.publisher);
  world_.peers.erase(p.transports.subscriber);
  world_.placement.release(p.shard);
  for (Timers::Handle* timer : {&p.join_timer, &p.grace_timer, &p.token_timer, &p.answer_timer})
    world_.timers.cancel(*timer);

  // Out of every index first, so that "who is here" no longer counts it.
  const bool was_recorder = p.is_recorder();
  world_.participants.erase(p.id);
  if (room.find(p.identity) == &p) room.by_identity.erase(p.identity);
  const auto node = room.participants.extract(p.id);
  updates_.left(p, now);
  if (!p.waiting) {
    world_.report_left(p, {reason, was_active, p.removed_by_server_api});
  } else if (reason != DisconnectReason::user_rejected) {
    world_.report(p, EntryWithdrawn{});
  }
  if (was_recorder) updates_.room_changed(room, now);
  updates_.counts_changed(room, now);
  if (room.counted() == 0 && !room.idle_timer) close_when_idle(room, room.departure_timeout, now);
}

bool Participants::remove(const Room& room, const std::string& identity, RemovedBy by,
                          TimePoint now) {
  std::vector<Participant*> removed;
  for (const auto& [id, p] : room.participants)
    if (p->identity == identity || p->token_identity == identity) removed.push_back(p.get());
  for (Participant* p : removed) {
    p->removed_by_server_api = by == RemovedBy::server_api;
    if (p->removed_by_server_api) {
      p->attributes[kRemovedByAttribute] = "api";
      updates_.changed_now(*p);
    }
    end(*p, LeaveAction::disconnect, DisconnectReason::participant_removed, now);
  }
  return !removed.empty();
}

void Participants::close_when_idle(Room& room, Duration after, TimePoint now) {
  room.idle_timer =
      world_.timers.at(now + after, [this, name = room.name, id = room.id](TimePoint t) {
        Room* idle = world_.room(name);
        if (!idle || idle->id != id) return;
        idle->idle_timer = {};
        if (idle->counted() > 0) return;
        if (!anybody_waits(*idle)) return close_room(*idle, DisconnectReason::room_closed, t);
        end_call(*idle, t);
      });
}

void Participants::close_room(Room& room, DisconnectReason reason, TimePoint now,
                              std::optional<DisconnectReason> reason_of_end) {
  log::info("room {} {} closed", room.sid, room.name);
  // After a restart they come back by themselves.
  const LeaveAction action = reason == DisconnectReason::server_shutdown ? LeaveAction::reconnect
                                                                         : LeaveAction::disconnect;
  // Everybody first: nobody is to see the others leave one by one.
  for (const auto& [id, p] : room.participants) {
    p->emit(LeaveSent{action, reason});
    p->sink = nullptr;
  }
  while (!room.participants.empty())
    end(*room.participants.begin()->second, std::nullopt, reason, now);
  rooms_.erase(room, reason_of_end.value_or(reason));
}

}  // namespace plenum::control
