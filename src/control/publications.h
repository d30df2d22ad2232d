#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "control/speakers.h"
#include "control/subscriptions.h"
#include "control/updates.h"
#include "control/world.h"

namespace plenum::control {

/// Tracks from announcement to end (livekit-wire 3.6): pending until the shard finds their
/// m-section, then published and shown to others, until that section or the right to it is gone.
class Publications {
 public:
  Publications(World& world, Updates& updates, Subscriptions& subscriptions, Speakers& speakers)
      : world_(world), updates_(updates), subscriptions_(subscriptions), speakers_(speakers) {}

  /// Ok: TrackPublished is on its way to the client. Refusal::queued: it follows later.
  Status<Refusal> add(Participant& p, AddTrack request);
  void on_bound(const shard::TrackBound& event, TimePoint now);
  void on_unbound(const shard::TrackUnbound& event, TimePoint now);

  Status<Refusal> set_muted(Participant& p, const std::string& track_sid, bool muted,
                            TimePoint now);
  /// In the name of somebody else: the client is told, if need be after its resume.
  void mute_remotely(Participant& p, Track& track, TimePoint now);
  Status<Refusal> set_audio_features(Participant& p, const std::string& track_sid,
                                     std::vector<int> features);
  Status<Refusal> set_video_size(Participant& p, const std::string& track_sid, std::uint32_t width,
                                 std::uint32_t height);
  /// Ends every track that `p` may no longer publish, and tells it.
  void enforce_permissions(Participant& p, TimePoint now);
  /// The two halves of a move: the tracks live on, but others see them end and begin.
  void leave_room(Participant& p, TimePoint now);
  void enter_room(Participant& p, TimePoint now);
  /// Ends every track because the participant itself ends; nobody is told by this.
  void remove_all(Participant& p, TimePoint now);

 private:
  Status<Refusal> add_backup(Participant& p, const AddTrack& request);
  void start(Participant& p, const AddTrack& request);
  void announce(Participant& p, Track& track, std::size_t encoding);
  void publish(Track& track, TimePoint now);
  void remove(Participant& p, Track& track, TimePoint now);
  void start_queued(Participant& p, const std::string& cid);
  void mute_on_shard(const Track& track);

  World& world_;
  Updates& updates_;
  Subscriptions& subscriptions_;
  Speakers& speakers_;
};

}  // namespace plenum::control
