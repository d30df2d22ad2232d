#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "egress/copy_files.h"
#include "egress/copy_lane.h"
#include "egress/disk_guard.h"
#include "egress/participant_clock.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// One copying job: what a participant sends is written to files as it is. Messages of the server,
/// media and time go in; messages to the server come out. Files are written on the caller's thread;
/// what waits for the disk is done on another. Same shape as Worker.
class CopyWorker {
 public:
  /// `free_bytes`: as Worker has it. `unix_offset`: what the wall clock, since 1970, is ahead of
  /// the clock that times are given by. `wake` is called on any thread when handle_timeout() should
  /// be; must not block.
  CopyWorker(Duration unix_offset, std::function<void()> wake, FreeBytes free_bytes)
      : unix_offset_(unix_offset), wake_(std::move(wake)), free_bytes_(std::move(free_bytes)) {}

  /// A datagram of the control socket (pb::ToWorker). What makes no sense is ignored.
  void handle_control(Bytes message, TimePoint now);
  /// A datagram of the media socket.
  void handle_media(Bytes datagram, TimePoint now);
  /// As Stop: what was captured until now is still written.
  void stop(TimePoint now);
  TimePoint next_timeout() const;
  void handle_timeout(TimePoint now);
  /// A serialized pb::FromWorker; nullopt: nothing to say.
  std::optional<std::string> poll_message();
  /// The last message is out, or waits in poll_message().
  bool finished() const { return phase_ == Phase::finished; }

 private:
  enum class Phase : std::uint8_t { idle, copying, draining, finished };

  void handle(const pb::ToWorker& message, TimePoint now);
  void start(const pb::Start& start, TimePoint now);
  void add_lanes(const pb::Copy& copy, TimePoint now);
  void set_room(const pb::Room& room, TimePoint now);
  /// Runs `step`; what it throws ends the job.
  template <class Step>
  void guarded(Step step);
  void copy(TimePoint now);
  void say_wanted();
  void ask_for_key_frames(TimePoint now);
  void report_status(TimePoint now);
  void end_files(TimePoint at);
  void fail(const std::string& error);
  /// Until the disk has done all, then the last word.
  void drain();
  void finish(const std::string& error);
  void say(const pb::FromWorker& message) { messages_.push_back(message.SerializeAsString()); }

  const Duration unix_offset_;
  const std::function<void()> wake_;
  const FreeBytes free_bytes_;
  Phase phase_ = Phase::idle;
  /// Set by the thread of the files.
  std::atomic<bool> files_changed_ = false;
  std::string identity_;
  TimePoint started_{}, written_{};
  std::optional<DiskGuard> disk_;
  std::shared_ptr<ParticipantClock> clock_;
  std::vector<std::unique_ptr<CopyLane>> lanes_;
  std::string told_;  // the last Wanted, serialized
  std::optional<TimePoint> stop_;
  TimePoint next_write_ = kNever, next_status_ = kNever, next_manifest_{};
  std::string error_;
  /// The manifest that says so is on its way, or written.
  bool last_manifest_ = false;
  std::deque<std::string> messages_;
  std::unique_ptr<CopyFiles> files_;  // last: its thread uses the others
};

}  // namespace plenum::egress
