#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "load/loop.h"
#include "load/media_clips.h"
#include "load/publisher.h"
#include "load/scenario.h"
#include "load/signal.h"
#include "load/subscriber.h"
#include "load/view.h"
#include "load/visit.h"

namespace livekit {
class JoinResponse;
class ParticipantInfo;
class SessionDescription;
class SignalResponse;
class SubscribedQualityUpdate;
class TrickleRequest;
}  // namespace livekit

namespace plenum::load {

/// What participants of one run have in common.
struct World {
  Loop& loop;
  Shared& shared;
  const Scenario& scenario;
  const MediaClips& clips;
  const SignalServer& server;
  const TokenMaker& tokens;
};

/// One simulated client from joining to leaving: signalling, what it publishes, what it watches.
/// Lives on the loop's thread and is woken there under three keys of its own.
class Participant {
 public:
  struct Config {
    Identity who;
    /// Keys key…key+2 of the loop are this participant's.
    std::uint64_t key = 0;
    bool shares_screen = false;
    Impairment impairment;
    /// 0…1: when in a frame interval its frames begin, and when it speaks.
    double phase = 0;
  };
  /// Starts to join.
  Participant(const World& world, Config config, TimePoint now);
  ~Participant();

  /// `part`: which of its keys.
  void on_ready(std::uint64_t part, bool readable);
  /// Mutes or unmutes what it publishes.
  void set_muted(bool muted, TimePoint now);
  bool is_muted() const { return muted_; }
  /// Says goodbye. Only once; the visit is over then.
  Visit leave(TimePoint now);

  bool has_joined() const { return visit_.joined.has_value(); }
  bool has_failed() const { return !visit_.failure.empty(); }
  const std::string& failure() const { return visit_.failure; }
  const ReceiveStats* received() const { return subscriber_ ? &subscriber_->stats() : nullptr; }
  std::int64_t lost() const { return subscriber_ ? subscriber_->lost() : 0; }
  const SendStats* sent() const { return publisher_ ? &publisher_->stats() : nullptr; }

 private:
  enum Part : std::uint64_t { kTimer = 0, kPublisher = 1, kSubscriber = 2 };

  void on_response(const livekit::SignalResponse& r);
  void on_join(const livekit::JoinResponse& join, TimePoint now);
  void on_participant(const livekit::ParticipantInfo& p, TimePoint now);
  void on_track_published(const std::string& cid, const std::string& sid, TimePoint now);
  void on_offer(const livekit::SessionDescription& offer, TimePoint now);
  void on_answer(const livekit::SessionDescription& answer, TimePoint now);
  void on_trickle(const livekit::TrickleRequest& trickle, TimePoint now);
  void on_qualities(const livekit::SubscribedQualityUpdate& update);

  void publish(TimePoint now);
  void add_tracks();
  void on_timer(TimePoint now);
  void talk(TimePoint now);
  void send_data(TimePoint now);
  void take_data(NtpTime wall);
  void send_wishes();
  void drive(Part part, bool readable, TimePoint now);
  void watch(Part part, Connection& connection);
  void arm(TimePoint now);
  void check_joined(TimePoint now);
  void fail(std::string why);

  World world_;
  Config config_;
  Visit visit_;
  View view_;
  std::unique_ptr<Signal> signal_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Subscriber> subscriber_;
  int publisher_fd_ = -1, subscriber_fd_ = -1;
  std::string own_sid_;
  bool offered_ = false, muted_ = false;
  TimePoint join_deadline_, connected_at_ = kNever;
  TimePoint next_ping_ = kNever, next_data_ = kNever, next_talk_ = kNever, next_wishes_ = kNever;
  Duration ping_interval_ = 5s;
};

}  // namespace plenum::load
