#include "control/subscriptions.h"

#include <algorithm>

#include "base/log.h"
#include "control/layers.h"
#include "control/speakers.h"

namespace plenum::control {
namespace {

PeerId downlink(const Participant& p) { return p.transports.subscriber; }

TrackSettings settings_for(const Participant& p, const std::string& track_sid) {
  if (const auto it = p.wishes.find(track_sid); it != p.wishes.end() && it->second.settings)
    return *it->second.settings;
  TrackSettings settings;
  // Adaptive clients say soon how large they show it; until then the least will do.
  if (p.adaptive_stream) settings.quality = VideoQuality::low;
  return settings;
}

}  // namespace

bool allows(const Participant& publisher, const Participant& subscriber,
            const std::string& track_sid) {
  const SubscriptionPermission& permission = publisher.subscription_permission;
  if (permission.all_participants || subscriber.is_recorder()) return true;
  return std::any_of(permission.entries.begin(), permission.entries.end(), [&](const auto& entry) {
    const bool meant = entry.identity.empty() ? entry.sid == subscriber.sid
                                              : entry.identity == subscriber.identity;
    return meant && (entry.all_tracks || std::find(entry.track_sids.begin(), entry.track_sids.end(),
                                                   track_sid) != entry.track_sids.end());
  });
}

bool Subscriptions::permitted(const Participant& p, const Track& track) const {
  const bool here = p.state == ParticipantState::joined || p.state == ParticipantState::active;
  return here && p.permissions.can_subscribe && track.published && track.owner != &p &&
         track.owner->visible();
}

void Subscriptions::reconcile(Participant& p, TimePoint now) {
  for (const auto& [sid, track] : p.room->published) reconcile(p, *track, now);
}

void Subscriptions::reconcile(Participant& p, Track& track, TimePoint now) {
  const auto wish = p.wishes.find(track.sid());
  const bool known = wish != p.wishes.end();
  bool wanted = p.auto_subscribe;
  if (known && wish->second.subscribe) wanted = *wish->second.subscribe;
  if (known && wish->second.codec_failed) wanted = false;
  if (known) world_.timers.cancel(wish->second.not_found);

  const bool allowed = allows(*track.owner, p, track.sid());
  const bool may = permitted(p, track);
  const bool told = known ? wish->second.told_allowed : true;
  if (may && told != allowed && (wanted || !told) && p.sink) {
    p.wishes[track.sid()].told_allowed = allowed;
    p.emit(SubscriptionPermissionChanged{track.owner->sid, track.sid(), allowed});
  }
  const bool has = p.subscriptions.count(track.sid()) > 0;
  if (wanted && may && allowed && !has) subscribe(p, track, now);
  if (has && !(wanted && may && allowed)) unsubscribe(p, track, now);
}

void Subscriptions::subscribe(Participant& p, Track& track, TimePoint now) {
  Subscription& s = p.subscriptions[track.sid()];
  s.track = &track;
  retarget(p, s);
  track.subscribers.insert(p.id);
  command(p, s, now);
  tell_subscribed(p, track);
  if (track.speaking) p.emit(SpeakersChanged{{heard(*track.owner, p)}});
  if (track.owner->quality_score > 0)
    p.emit(QualityChanged{{{track.owner->sid, track.owner->quality, track.owner->quality_score}}});
  update_dynacast(track, now);
}

void Subscriptions::tell_subscribed(const Participant& subscriber, Track& track) {
  if (track.told_subscribed || !track.owner->sink) return;
  if (!subscriber.visible() || subscriber.is_recorder()) return;
  track.told_subscribed = true;
  track.owner->emit(TrackSubscribed{track.sid()});
}

void Subscriptions::unsubscribe(Participant& p, Track& track, TimePoint now) {
  const auto it = p.subscriptions.find(track.sid());
  if (it == p.subscriptions.end()) return;
  withdraw(p, it->second);
  p.subscriptions.erase(it);
  track.subscribers.erase(p.id);
  // Else the speaker stays lit in the client for as long as it is not subscribed. Another track of
  // it that speaks keeps it lit.
  if (track.speaking) p.emit(SpeakersChanged{{heard(*track.owner, p)}});
  update_dynacast(track, now);
}

void Subscriptions::command(Participant& p, Subscription& s, TimePoint now) {
  const Track::Encoding& encoding = s.track->encodings.at(s.encoding);
  if (s.commanded || !encoding.bound || !encoding.id) return;
  relays_.acquire(*s.track, s.encoding, p.shard);
  world_.shards.post(p.shard, shard::Subscribe{downlink(p), *encoding.id, s.target});
  s.commanded = true;
  expect_bound(p, s, now);
}

/// With one connection only the client can offer, and when it does not it waits for something that
/// will not come. With two, the offer is ours and its answer is waited for.
void Subscriptions::expect_bound(Participant& p, Subscription& s, TimePoint now) {
  if (!p.transports.single || !s.commanded || s.bound) return;
  world_.timers.cancel(s.bind_timer);
  s.bind_timer = world_.timers.at(now + world_.config.negotiation_timeout,
                                  [this, id = p.id, sid = s.track->sid()](TimePoint t) {
                                    Participant* late = world_.participant(id);
                                    if (!late) return;
                                    const auto it = late->subscriptions.find(sid);
                                    if (it != late->subscriptions.end())
                                      still_unbound(*late, it->second, t);
                                  });
}

void Subscriptions::still_unbound(Participant& p, Subscription& s, TimePoint now) {
  s.bind_timer = {};
  if (!p.sink) return;  // it cannot offer now; counts anew from its return
  if (p.state != ParticipantState::active) return expect_bound(p, s, now);
  log::warn("participant {} {} does not negotiate for track {}", p.sid, p.identity, s.track->sid());
  p.emit(SubscriptionFailed{s.track->sid(), SubscriptionError::unknown});
  stuck_(p, now);
}

void Subscriptions::bound(Participant& p, TrackId id) {
  const World::TrackRef ref = world_.track(id);
  if (!ref.track) return;
  const auto it = p.subscriptions.find(ref.track->sid());
  if (it == p.subscriptions.end() || it->second.encoding != ref.encoding) return;
  it->second.bound = it->second.commanded;
  world_.timers.cancel(it->second.bind_timer);
}

void Subscriptions::withdraw(Participant& p, Subscription& s) {
  if (!s.commanded) return;
  const auto id = s.track->encodings.at(s.encoding).id;
  world_.shards.post(p.shard, shard::Unsubscribe{downlink(p), id.value_or(TrackId{})});
  relays_.release(*s.track, s.encoding, p.shard);
  s.commanded = s.bound = false;
  world_.timers.cancel(s.bind_timer);
}

void Subscriptions::retarget(Participant& p, Subscription& s) const {
  if (!s.track->is_video()) {
    s.target.enabled = !settings_for(p, s.track->sid()).disabled;
    return;
  }
  const TrackSettings settings = settings_for(p, s.track->sid());
  const auto& layers = s.track->description.codecs.at(s.encoding).layers;
  s.target = layer_target(layers, settings);
  s.quality = wanted_quality(layers, settings);
}

void Subscriptions::track_published(Track& track, TimePoint now) {
  if (track.is_video() && !track.dynacast) {
    track.dynacast.emplace(world_.config.dynacast, track.description.codecs.size(), now);
    track.dynacast->set_muted(track.description.muted);
  }
  for (const auto& [id, p] : track.owner->room->participants) reconcile(*p, track, now);
  update_dynacast(track, now);
}

void Subscriptions::track_removed(Track& track, TimePoint now) {
  track.dynacast.reset();
  world_.timers.cancel(track.dynacast_timer);
  const auto subscribers = track.subscribers;
  for (const ParticipantId id : subscribers)
    if (Participant* p = world_.participant(id)) unsubscribe(*p, track, now);
  for (const auto& [id, p] : track.owner->room->participants) forget(*p, track.sid());
}

void Subscriptions::encoding_bound(Track& track, std::size_t encoding, TimePoint now) {
  for (const ParticipantId id : track.subscribers) {
    Participant* p = world_.participant(id);
    if (!p) continue;
    Subscription& s = p->subscriptions.at(track.sid());
    if (s.encoding == encoding) command(*p, s, now);
  }
}

void Subscriptions::encoding_unbound(Track& track, std::size_t encoding, TimePoint) {
  for (const ParticipantId id : track.subscribers) {
    Participant* p = world_.participant(id);
    if (!p) continue;
    Subscription& s = p->subscriptions.at(track.sid());
    if (s.encoding == encoding) withdraw(*p, s);
  }
}

void Subscriptions::subscriber_removed(Participant& p, TimePoint now) {
  while (!p.subscriptions.empty()) unsubscribe(p, *p.subscriptions.begin()->second.track, now);
  while (!p.wishes.empty()) forget(p, std::string(p.wishes.begin()->first));
}

void Subscriptions::unsupported(Participant& p, TrackId id, TimePoint now) {
  const World::TrackRef ref = world_.track(id);
  if (!ref.track) return;
  Track& track = *ref.track;
  const auto it = p.subscriptions.find(track.sid());
  if (it == p.subscriptions.end() || it->second.encoding != ref.encoding) return;
  Subscription& s = it->second;
  withdraw(p, s);
  if (s.encoding + 1 < track.description.codecs.size()) {
    ++s.encoding;
    retarget(p, s);
    command(p, s, now);
    update_dynacast(track, now);  // asks the publisher for the backup codec
    return;
  }
  p.wishes[track.sid()].codec_failed = true;
  unsubscribe(p, track, now);
  p.emit(SubscriptionFailed{track.sid(), SubscriptionError::codec_unsupported});
}

void Subscriptions::muted_changed(Track& track, TimePoint) {
  if (!track.dynacast) return;
  track.dynacast->set_muted(track.description.muted);
  run_dynacast(track);
}

void Subscriptions::signal_resumed(Participant& p, TimePoint now) {
  reconcile(p, now);
  for (auto& [sid, s] : p.subscriptions) expect_bound(p, s, now);
  for (const auto& track : p.tracks) {
    for (const ParticipantId id : track->subscribers)
      if (const Participant* subscriber = world_.participant(id))
        tell_subscribed(*subscriber, *track);
    if (!track->dynacast) continue;
    track->dynacast->repeat();
    run_dynacast(*track);
  }
}

void Subscriptions::update_dynacast(Track& track, TimePoint now) {
  if (!track.dynacast) return;
  std::vector<VideoQuality> wanted(track.description.codecs.size(), VideoQuality::off);
  for (const ParticipantId id : track.subscribers) {
    const Participant* p = world_.participant(id);
    if (!p) continue;
    const Subscription& s = p->subscriptions.at(track.sid());
    VideoQuality& max = wanted.at(s.encoding);
    if (s.quality == VideoQuality::off) continue;
    if (max == VideoQuality::off || s.quality > max) max = s.quality;
  }
  for (const auto& [tap, quality] : track.taps)
    if (wanted.at(0) == VideoQuality::off || quality > wanted.at(0)) wanted.at(0) = quality;
  track.dynacast->set_wanted(std::move(wanted), now);
  run_dynacast(track);
}

void Subscriptions::run_dynacast(Track& track) {
  if (const auto qualities = track.dynacast->poll()) {
    SubscribedQualities event{track.sid(), {}};
    for (std::size_t i = 0; i < qualities->size(); ++i)
      event.codecs.push_back({track.description.codecs[i].codec, (*qualities)[i]});
    track.owner->emit(std::move(event));
  }
  world_.timers.cancel(track.dynacast_timer);
  const TimePoint at = track.dynacast->next_timeout();
  if (at == kNever || !track.encodings[0].id) return;
  track.dynacast_timer = world_.timers.at(at, [this, id = *track.encodings[0].id](TimePoint t) {
    Track* due = world_.track(id).track;
    if (!due || !due->dynacast) return;
    due->dynacast_timer = {};
    due->dynacast->handle_timeout(t);
    run_dynacast(*due);
  });
}

}  // namespace plenum::control
