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
  /// Whom it would copy is not in the room.
  no_participant,
  /// Another job of its kind runs in the room, or copies the same, and only one may.
  already_running,
  /// The one before is still being closed.
  stopping,
  /// This machine has no room for another one now, or composes nothing.
  no_capacity,
  not_found,
  /// The job ends, or has no such output.
  not_running,
  /// It has as many as it may.
  too_many,
};

/// The recordings, livestreams and HLS streams of live rooms: one worker process each, fed with the
/// room's state and media, followed by its reports. Where a worker dies another goes on: files get
/// a further part, the rest continues. Each change is told as EgressChanged. Lives on the control
/// thread.
class EgressJobs {
 public:
  struct Recovered {
    std::uint64_t bytes = 0, duration_ms = 0;
  };
  struct Surroundings {
    /// Starts a worker; nullptr when that is not possible.
    std::function<std::unique_ptr<EgressWorker>(EgressWorker::Listener)> spawn;
    /// The session that runs in the room, by the room's sid; "" when none does.
    std::function<std::string(const std::string&)> session;
    /// 24 hex digits.
    std::function<std::string()> new_id;
    std::function<TimePoint()> now;
    /// Makes a file final that a dead worker left, by its path below the data directory. Answers
    /// once, later; nullopt: there is nothing in it.
    std::function<void(const std::string& path, std::function<void(std::optional<Recovered>)>)>
        recover;
    /// What all jobs together may take; 0 = whatever they want.
    double cores = 0;
  };
  /// What the jobs take together.
  struct Load {
    std::size_t jobs = 0;
    /// Measured, or predicted of those that have just begun.
    double cores = 0;
    /// Jobs that compose less than they should.
    std::size_t degraded = 0;
    /// Workers that died and were replaced, ever.
    std::uint64_t restarts = 0;
  };
  /// How often a worker may die before its job fails.
  static constexpr std::uint32_t kMostRestarts = 3;
  static constexpr std::size_t kMostOutputs = 20;
  /// Images of one job that are being made.
  static constexpr std::size_t kMostSnapshots = 8;

  /// What somebody wants: `id`, `state`, `session`, times and results of the job are not read; of
  /// its outputs only type, target and name.
  struct Wish {
    EgressJob job;
    /// Others of its kind may run in the room. Those that copy something else always may.
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
  /// Of one job that runs, of any kind.
  Status<EgressRefusal> stop(const std::string& api_key, const std::string& id);
  /// Applies `change` to the job's layout and answers the job. Quality and orientation stay: an
  /// encoding cannot change its size.
  Result<EgressJob, EgressRefusal> change_layout(const std::string& api_key, const std::string& id,
                                                 const std::function<void(EgressLayout&)>& change);
  /// Streams to these as well.
  Status<EgressRefusal> add_targets(const std::string& api_key, const std::string& id,
                                    const std::vector<EgressTarget>& targets);
  /// No longer to these; not_running: one is not known or has ended, and nothing is changed.
  Status<EgressRefusal> end_targets(const std::string& api_key, const std::string& id,
                                    const std::vector<EgressTarget>& targets);
  /// An image of what the job shows now. `done` is called once, later, also when the job ends
  /// before.
  Status<EgressRefusal> take_snapshot(const std::string& api_key, const std::string& id,
                                      const EgressSnapshot& snapshot,
                                      std::function<void(const EgressReport::Snapshot&)> done);
  /// As it is now, while it runs.
  std::optional<EgressJob> find(const std::string& api_key, const std::string& id) const;
  /// Those that have not ended.
  std::vector<EgressJob> active(const std::string& api_key, const std::string& room) const;

  /// Ends all, for a server's end; `active_count()` falls to 0 as they close their files.
  void stop_all();
  std::size_t active_count() const { return runs_.size(); }
  Load load() const;

 private:
  struct Run;
  EgressWorker::Listener listener(const std::string& id);
  Run* run_of(const std::string& id);
  Run* running(const std::string& api_key, const std::string& id);
  bool launch(Run& run);
  void end(Run& run);
  /// Shows the worker what changed, and ends the job with its room or its subjects.
  void look(Run& run, TimePoint now);
  bool has_room_for(const EgressJob& job, const Room& room) const;
  void on_snapshot(Run& run, const EgressReport::Snapshot& snapshot);
  void on_load(Run& run, const EgressReport::Load& load);
  void on_status(Run& run, const std::vector<EgressReport::Output>& outputs);
  void on_finished(Run& run, bool clean, const std::string& error,
                   const std::vector<EgressReport::Output>& outputs);
  /// After its death: its files are made final, and the next one begins.
  void recover_files(Run& run);
  bool go_on(Run& run, TimePoint now);
  void conclude(Run& run);
  void change(Run& run, EgressState state);
  void tell(const Run& run, bool state_changed);
  /// While it lives.
  Room* room_of(const Run& run) const;
  void count_recording(Room& room, const EgressJob& job, int difference);

  World& world_;
  Updates& updates_;
  Taps& taps_;
  Surroundings around_;
  std::uint64_t restarts_ = 0;
  /// By job.
  std::map<std::string, std::unique_ptr<Run>> runs_;
};

}  // namespace plenum::control
