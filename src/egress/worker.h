#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/time.h"
#include "egress/composer.h"
#include "egress/director.h"
#include "egress/disk_guard.h"
#include "egress/inputs.h"
#include "egress/outputs.h"
#include "egress/overload_ladder.h"
#include "egress/scenery.h"
#include "egress/snapshot_writer.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// One job: messages of the server, media and time go in; messages to the server come out, and
/// files and streams are written on threads of the sinks. Begins to compose with Start, whether
/// there is media or not. For one thread.
class Worker {
 public:
  /// What a worker asks of its surroundings.
  struct Environment {
    /// Called once, when the job is known and before anything is made for it. What it throws ends
    /// the job.
    std::function<void(const pb::Start&)> prepare{};
    /// free_bytes() when there is none.
    FreeBytes free_bytes{};
  };
  /// `wake` is called on any thread when handle_timeout() should be; must not block.
  explicit Worker(std::function<void()> wake) : Worker(std::move(wake), Environment{}) {}
  Worker(std::function<void()> wake, Environment environment)
      : wake_(std::move(wake)), environment_(std::move(environment)) {}

  /// A datagram of the control socket (pb::ToWorker). What makes no sense is ignored.
  void handle_control(Bytes message, TimePoint now);
  /// A datagram of the media socket.
  void handle_media(Bytes datagram, TimePoint now);
  /// As Stop: what was captured until now is still composed.
  void stop(TimePoint now);
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);
  /// A serialized pb::FromWorker; nullopt: nothing to say.
  std::optional<std::string> poll_message();
  /// The last message is out, or waits in poll_message().
  bool finished() const { return phase_ == Phase::finished; }

 private:
  static constexpr Duration kStatusInterval = 1s;
  /// Frames composed at a time at most; then media is looked at again.
  static constexpr int kMostAtOnce = 15;
  enum class Phase : std::uint8_t { idle, composing, draining, finished };
  struct Job {
    Job(const pb::Start& start, std::function<void()> on_change, const FreeBytes& free_bytes,
        TimePoint now);
    Director director;
    Inputs inputs;
    Composer composer;
    OverloadLadder overload;
    Outputs outputs;
    SnapshotWriter snapshots;
    Scenery scenery;
    const bool has_picture;
  };

  void handle(const pb::ToWorker& message, TimePoint now);
  void start(const pb::Start& start, TimePoint now);
  /// Runs `step`; what it throws ends the job.
  template <class Step>
  void guarded(Step step);
  void follow_director(TimePoint now);
  void ask_for_key_frames(TimePoint now);
  void compose(TimePoint now);
  void compose_frame(TimePoint now);
  void end_composition();
  void take_snapshot(const pb::Snapshot& what);
  void report_snapshots();
  void set_scenery(const pb::Layout& layout);
  void follow_scenery();
  void report_status(TimePoint now);
  /// Ends the outputs; finish() follows when they have ended.
  void fail(const std::string& error);
  void finish(const std::string& error);
  void say(const pb::FromWorker& message) { messages_.push_back(message.SerializeAsString()); }

  std::function<void()> wake_;
  Environment environment_;
  Phase phase_ = Phase::idle;
  /// Set by threads of the sinks.
  std::atomic<bool> outputs_changed_ = false;
  std::unique_ptr<Job> job_;
  /// Pieces that came before the job.
  std::deque<pb::ImagePiece> early_images_;
  std::optional<Director::Wanted> told_;
  std::optional<TimePoint> stop_;
  TimePoint next_status_ = kNever;
  TimePoint next_key_frame_check_ = kNever;
  std::uint64_t late_frames_ = 0;
  std::uint64_t dropped_frames_ = 0;
  /// In a row.
  int repeats_ = 0;
  std::string error_;
  std::deque<std::string> messages_;
};

}  // namespace plenum::egress
