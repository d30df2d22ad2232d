#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "control/data.h"
#include "control/egress_jobs.h"
#include "control/focus.h"
#include "control/meeting.h"
#include "control/moderation.h"
#include "control/participants.h"
#include "control/publications.h"
#include "control/quality.h"
#include "control/rooms.h"
#include "control/shared_values.h"
#include "control/speakers.h"
#include "control/subscriptions.h"
#include "control/taps.h"
#include "control/topics.h"
#include "control/updates.h"
#include "control/world.h"

namespace plenum::control {

/// The rules of the product on one node: rooms, participants, who receives what. Sans-I/O: events
/// of shards and requests of sessions go in with the time; commands go out through `post`, events
/// through each participant's sink. Lives on the control thread; sees one node.
class Control {
 public:
  Control(Config config, std::uint32_t shards, Shards::Post post, EditData edit_data,
          std::function<std::int64_t()> unix_ms);

  // --- driver
  void on_event(ShardId from, shard::Event event, TimePoint now);
  void handle_timeout(TimePoint now);
  /// While commands wait for room in a ring this is soon.
  TimePoint next_timeout() const;
  /// Tells every client that the server stops.
  void shut_down(TimePoint now);

  // --- sessions; a participant that has ended meanwhile is not an error
  Status<JoinRefusal> check(const JoinRequest& request) const {
    return participants_.check(request);
  }
  Result<Joined, JoinRefusal> join(JoinRequest request, EventSink sink, TimePoint now);
  Result<Resumed, ResumeRefused> resume(const ResumeRequest& request, EventSink sink,
                                        TimePoint now);
  void signal_lost(ParticipantId id, std::uint64_t session, TimePoint now);
  /// The client says goodbye.
  void leave(ParticipantId id, TimePoint now);
  void end(ParticipantId id, LeaveAction action, DisconnectReason reason, TimePoint now);

  void offer(ParticipantId id, std::uint32_t sdp_id, std::string sdp);
  void answer(ParticipantId id, std::uint32_t sdp_id, std::string sdp);
  void restart_ice(ParticipantId id, bool tcp_only);
  Status<Refusal> add_track(ParticipantId id, AddTrack request);
  Status<Refusal> set_muted(ParticipantId id, const std::string& track_sid, bool muted,
                            TimePoint now);
  Status<Refusal> set_audio_features(ParticipantId id, const std::string& track_sid,
                                     std::vector<int> features);
  Status<Refusal> set_video_size(ParticipantId id, const std::string& track_sid,
                                 std::uint32_t width, std::uint32_t height);
  void set_subscription(ParticipantId id, const std::vector<std::string>& track_sids,
                        bool subscribe, TimePoint now);
  void set_track_settings(ParticipantId id, const std::vector<std::string>& track_sids,
                          const TrackSettings& settings, TimePoint now);
  void set_subscription_permission(ParticipantId id, SubscriptionPermission permission,
                                   TimePoint now);
  /// Needs the permission can_update_metadata; reserved attributes nobody may change so.
  Status<Refusal> change_profile(ParticipantId id, const ProfileChange& change);
  void sync(ParticipantId id, const SyncState& state, TimePoint now);
  /// For tests of clients: tells the participant that it speaks for so long.
  void simulate_speaking(ParticipantId id, Duration length, TimePoint now);

  // --- administration and observation
  /// Who is told what happens in rooms; nobody until then.
  void on_domain_event(DomainObserver observer) { world_.observer = std::move(observer); }
  Moderation& moderation() { return moderation_; }
  /// What participants do to their room, by calls that `answer_calls` serves.
  Meeting& meeting() { return meeting_; }
  /// Recordings, livestreams, HLS.
  EgressJobs& egress() { return egress_; }
  void answer_calls(ServerCalls calls) { data_.answer_calls(std::move(calls)); }
  /// See DataRouter::answer().
  void answer_call(ParticipantId caller, const std::string& request_id,
                   Result<std::string, RpcError> result) {
    data_.answer(caller, request_id, std::move(result));
  }
  Topics& topics() { return topics_; }
  SharedValues& shared_values() { return shared_values_; }
  /// nullptr once the participant has ended.
  Participant* caller(ParticipantId id) { return world_.participant(id); }
  /// nullptr once the participant has ended. Valid until the next call.
  const Participant* participant(ParticipantId id) const { return world_.participant(id); }
  const World& world() const { return world_; }
  /// Where counters and other answers of shards go that are not control's business.
  void on_snapshot(std::function<void(const shard::ShardSnapshot&)> sink) {
    snapshot_sink_ = std::move(sink);
  }

 private:
  void on_answer(shard::LocalAnswer event);
  void on_offer(shard::LocalOffer event, TimePoint now);
  void on_negotiation_failed(const shard::NegotiationFailed& event, TimePoint now);
  /// The client's state is not ours: it must begin anew.
  void reconnect(Participant& p, TimePoint now);

  World world_;
  Updates updates_;
  Rooms rooms_;
  Speakers speakers_;
  Subscriptions subscriptions_;
  Publications publications_;
  DataRouter data_;
  QualityReports quality_;
  Participants participants_;
  Moderation moderation_;
  Meeting meeting_;
  Topics topics_{world_};
  SharedValues shared_values_{world_};
  FocusRules focus_;
  Taps taps_;
  EgressJobs egress_;
  TimePoint flush_at_ = kNever;
  std::function<void(const shard::ShardSnapshot&)> snapshot_sink_;
};

}  // namespace plenum::control
