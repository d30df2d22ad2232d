// What subscribers and publishers ask of Subscriptions; the rest is in subscriptions.cc.
#include "control/subscriptions.h"

#include <algorithm>

namespace plenum::control {
namespace {

bool too_long(const std::string& track_sid) { return track_sid.size() > kMaxTrackSidBytes; }

/// The permission with what no room could contain left out, and the rest within the limits.
SubscriptionPermission bounded(SubscriptionPermission permission) {
  auto& entries = permission.entries;
  std::erase_if(entries, [](const auto& entry) {
    return entry.sid.size() > kMaxNameBytes || entry.identity.size() > kMaxNameBytes;
  });
  if (entries.size() > kMaxPermissionEntries) entries.resize(kMaxPermissionEntries);
  std::size_t left = kMaxPermissionTracks;
  for (auto& entry : entries) {
    std::erase_if(entry.track_sids, too_long);
    if (entry.track_sids.size() > left) entry.track_sids.resize(left);
    left -= entry.track_sids.size();
  }
  return permission;
}

}  // namespace

void Subscriptions::set_wish(Participant& p, const std::vector<std::string>& track_sids,
                             bool subscribe, TimePoint now) {
  for (const std::string& sid : track_sids) {
    if (too_long(sid)) continue;
    const auto published = p.room->published.find(sid);
    const bool known = published != p.room->published.end();
    if (!known && p.wishes.count(sid) == 0 &&
        p.wishes.size() >= p.room->published.size() + kMaxWishes)
      continue;
    Wish& wish = p.wishes[sid];
    wish.subscribe = subscribe;
    wish.codec_failed = false;
    if (known) {
      reconcile(p, *published->second, now);
    } else if (subscribe) {
      remember_unknown(p, sid, now);
    } else {
      world_.timers.cancel(wish.not_found);
    }
  }
}

void Subscriptions::remember_unknown(Participant& p, const std::string& track_sid, TimePoint now) {
  Wish& wish = p.wishes[track_sid];
  world_.timers.cancel(wish.not_found);
  wish.not_found = world_.timers.at(
      now + world_.config.not_found_timeout, [this, id = p.id, track_sid](TimePoint) {
        Participant* waiting = world_.participant(id);
        if (!waiting) return;
        waiting->wishes.erase(track_sid);
        waiting->emit(SubscriptionFailed{track_sid, SubscriptionError::track_not_found});
      });
}

void Subscriptions::forget(Participant& p, const std::string& track_sid) {
  const auto it = p.wishes.find(track_sid);
  if (it == p.wishes.end()) return;
  world_.timers.cancel(it->second.not_found);
  p.wishes.erase(it);
}

void Subscriptions::set_settings(Participant& p, const std::vector<std::string>& track_sids,
                                 const TrackSettings& settings, TimePoint now) {
  for (const std::string& sid : track_sids) {
    if (too_long(sid)) continue;
    if (p.room->published.count(sid) == 0 && p.wishes.count(sid) == 0 &&
        p.wishes.size() >= p.room->published.size() + kMaxWishes)
      continue;
    p.wishes[sid].settings = settings;
    const auto it = p.subscriptions.find(sid);
    if (it == p.subscriptions.end()) continue;
    Subscription& s = it->second;
    const shard::LayerTarget before = s.target;
    const VideoQuality quality = s.quality;
    retarget(p, s);
    if (s.commanded && s.target != before) {
      const auto id = s.track->encodings.at(s.encoding).id.value_or(TrackId{});
      world_.shards.post(p.shard, shard::SetLayerTarget{p.transports.subscriber, id, s.target});
    }
    if (s.quality != quality) update_dynacast(*s.track, now);
  }
}

void Subscriptions::set_permission(Participant& publisher, SubscriptionPermission permission,
                                   TimePoint now) {
  publisher.subscription_permission = bounded(std::move(permission));
  for (const auto& track : publisher.tracks) {
    if (!track->published) continue;
    for (const auto& [id, p] : publisher.room->participants) reconcile(*p, *track, now);
  }
}

}  // namespace plenum::control
