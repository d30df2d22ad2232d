#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "control/relays.h"
#include "control/world.h"

namespace plenum::control {

/// Which tracks each participant receives: what it wants (all, or by request) against what it may
/// (its own permission and the publisher's), and at which quality (livekit-wire 6.1-6.4).
class Subscriptions {
 public:
  /// `stuck`: negotiation with this client has stopped; may end it.
  using Stuck = std::function<void(Participant& p, TimePoint now)>;
  Subscriptions(World& world, Stuck stuck)
      : world_(world), relays_(world), stuck_(std::move(stuck)) {}

  // What the subscriber asks.
  void set_wish(Participant& p, const std::vector<std::string>& track_sids, bool subscribe,
                TimePoint now);
  void set_settings(Participant& p, const std::vector<std::string>& track_sids,
                    const TrackSettings& settings, TimePoint now);
  // What the publisher allows.
  void set_permission(Participant& publisher, SubscriptionPermission permission, TimePoint now);

  /// Compares what `p` should get with what it gets: after ACTIVE and after permission changes.
  void reconcile(Participant& p, TimePoint now);
  void track_published(Track& track, TimePoint now);
  /// The track disappears; its encodings still have their ids.
  void track_removed(Track& track, TimePoint now);
  /// The publisher began to send a backup codec.
  void encoding_bound(Track& track, std::size_t encoding, TimePoint now);
  void encoding_unbound(Track& track, std::size_t encoding, TimePoint now);
  void subscriber_removed(Participant& p, TimePoint now);
  /// The client's SDP cannot take this encoding: use the backup codec or give up.
  void unsupported(Participant& p, TrackId track, TimePoint now);
  /// The client's SDP takes this encoding.
  void bound(Participant& p, TrackId track);

  void muted_changed(Track& track, TimePoint now);
  /// Tells a participant what it may have missed while its signal connection was down: permission
  /// to subscribe, that somebody listens, which qualities are wanted.
  void signal_resumed(Participant& p, TimePoint now);

  /// To be called when what somebody wants of the track may have changed.
  void update_dynacast(Track& track, TimePoint now);

 private:
  void reconcile(Participant& p, Track& track, TimePoint now);
  bool permitted(const Participant& p, const Track& track) const;
  void subscribe(Participant& p, Track& track, TimePoint now);
  void unsubscribe(Participant& p, Track& track, TimePoint now);
  void tell_subscribed(const Participant& subscriber, Track& track);
  void command(Participant& p, Subscription& s, TimePoint now);
  void expect_bound(Participant& p, Subscription& s, TimePoint now);
  void still_unbound(Participant& p, Subscription& s, TimePoint now);
  void withdraw(Participant& p, Subscription& s);
  void retarget(Participant& p, Subscription& s) const;
  void remember_unknown(Participant& p, const std::string& track_sid, TimePoint now);
  void forget(Participant& p, const std::string& track_sid);
  /// Recomputes the wanted qualities and tells the publisher what is due.
  void run_dynacast(Track& track);

  World& world_;
  Relays relays_;
  Stuck stuck_;
};

/// Whether `publisher` lets `subscriber` have this track (livekit-wire 6.4).
bool allows(const Participant& publisher, const Participant& subscriber,
            const std::string& track_sid);

}  // namespace plenum::control
