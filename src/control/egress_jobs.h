#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "control/egress_job.h"
#include "control/egress_worker.h"
#include "control/taps.h"
#include "control/updates.h"
#include "control/world.h"

namespace plenum::control {

enum class EgressRefusal : std::uint8_t {
  /// Nobody is in the room.
  no_session,
  /// Another job of its kind runs in the room, and only one may.
  already_running,
  /// The one before is still being closed.
  stopping,
  /// This machine has no room for another one now, or composes nothing.
  no_capacity,
  not_found,
};

/// The recordings, livestreams and HLS streams of live rooms: one worker process each, fed with the
/// room's state and media, followed by its reports. Each change is told as EgressChanged. Lives on
/// the control thread.
class EgressJobs {
 public:
  struct Surroundings {
    /// Starts a worker; nullptr when that is not possible.
    std::function<std::unique_ptr<EgressWorker>(EgressWorker::Listener)> spawn;
    /// The session that runs in the room, by the room's sid; "" when none does.
    std::function<std::string(const std::string&)> session;
    /// 24 hex digits.
    std::function<std::string()> new_id;
    std::function<TimePoint()> now;
  };
  /// What somebody wants: `id`, `state`, `session`, times and results of the job are not read.
  struct Wish {
    EgressJob job;
    /// Others of its kind may run in the room.
    bool parallel = false;
  };

  EgressJobs(World& world, Updates& updates, Taps& taps);
  ~EgressJobs();
  /// Before the first start(); without it there is no capacity.
  void work_in(Surroundings around) { around_ = std::move(around); }

  Result<EgressJob, EgressRefusal> start(Wish wish, TimePoint now);
  /// Ends the job of that id, or all of the kind when it is empty. Ending what ends already is
  /// fine.
  Status<EgressRefusal> stop(const std::string& api_key, const std::string& room, EgressKind kind,
                             const std::string& id);
  /// Those that have not ended.
  std::vector<EgressJob> active(const std::string& api_key, const std::string& room) const;

  /// Ends all, for a server's end; `active_count()` falls to 0 as they close their files.
  void stop_all();
  std::size_t active_count() const { return runs_.size(); }

 private:
  struct Run;
  EgressWorker::Listener listener(const std::string& id);
  Run* find(const std::string& id);
  void end(Run& run);
  /// Shows the worker what changed, and ends the job with its room.
  void look(Run& run, TimePoint now);
  void on_status(Run& run, const std::vector<EgressReport::Output>& outputs);
  void on_finished(Run& run, bool clean, const std::string& error,
                   const std::vector<EgressReport::Output>& outputs);
  void change(Run& run, EgressState state);
  /// While it lives.
  Room* room_of(const Run& run) const;
  void count_recording(Room& room, const EgressJob& job, int difference);

  World& world_;
  Updates& updates_;
  Taps& taps_;
  Surroundings around_;
  /// By job.
  std::map<std::string, std::unique_ptr<Run>> runs_;
};

}  // namespace plenum::control
