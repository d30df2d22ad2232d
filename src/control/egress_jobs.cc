#include "control/egress_jobs.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "control/egress_cost.h"
#include "control/egress_outputs.h"
#include "control/egress_scene.h"

namespace plenum::control {
namespace {

/// How often a worker is told what changed in its room: less than a speaker's change needs.
constexpr Duration kLook = 100ms;

/// The canvas (videosdk-api 6.2); portrait swaps the sides.
void set_size(EgressJob& job) {
  const std::string& quality = job.layout.quality;
  const auto [width, height] = quality == "low"    ? std::pair{854u, 480u}
                               : quality == "high" ? std::pair{1920u, 1080u}
                                                   : std::pair{1280u, 720u};
  const bool portrait = job.layout.orientation == "portrait";
  const bool has_canvas = !job.audio_only && !job.copy;
  job.width = !has_canvas ? 0 : portrait ? height : width;
  job.height = !has_canvas ? 0 : portrait ? width : height;
}

bool is_recording(const EgressJob& job) {
  return job.kind == EgressKind::recording || job.kind == EgressKind::composite || job.copy;
}

bool are_all_seen(const EgressJob& job, const Room& room) {
  return std::ranges::all_of(job.subjects,
                             [&](const auto& subject) { return is_seen(room, subject.identity); });
}

}  // namespace

struct EgressJobs::Run {
  EgressJob job;
  /// Of the room where it runs: for events when the room has gone.
  RoomSnapshot room;
  /// nullptr: it has ended, and files are being made final.
  std::unique_ptr<EgressWorker> worker;
  TapId tap;
  std::optional<EgressScene> shown;
  Timers::Handle timer;
  /// One of its subjects has been there.
  bool had_subjects = false;
  bool failed = false;
  int recovering = 0;
  /// By the name of the image, which is no other's.
  std::map<std::string, std::function<void(const EgressReport::Snapshot&)>> snapshots;
  double predicted_cores = 0;
  MeasuredCores measured;

  double cores() const { return measured.cores() > 0 ? measured.cores() : predicted_cores; }
};

EgressJobs::EgressJobs(World& world, Updates& updates, Taps& taps)
    : world_(world), updates_(updates), taps_(taps) {}

EgressJobs::~EgressJobs() = default;

auto EgressJobs::run_of(const std::string& id) -> Run* {
  const auto it = runs_.find(id);
  return it == runs_.end() ? nullptr : it->second.get();
}

auto EgressJobs::running(const std::string& api_key, const std::string& id) -> Run* {
  Run* run = run_of(id);
  return run && run->job.api_key == api_key ? run : nullptr;
}

Result<EgressJob, EgressRefusal> EgressJobs::start(Wish wish, TimePoint now) {
  Room* room = world_.room(wish.job.room);
  if (!room || room->api_key != wish.job.api_key || room->counted() == 0)
    return Err{EgressRefusal::no_session};
  if (wish.job.copy && !are_all_seen(wish.job, *room)) return Err{EgressRefusal::no_participant};
  for (const auto& [id, run] : runs_) {
    if (run->room.sid != room->sid || run->job.kind != wish.job.kind || wish.parallel) continue;
    if (wish.job.copy && run->job.subjects != wish.job.subjects) continue;
    return Err{run->job.state == EgressState::stopping ? EgressRefusal::stopping
                                                       : EgressRefusal::already_running};
  }
  if (!around_.spawn) return Err{EgressRefusal::no_capacity};
  if (wish.job.outputs.size() > kMostOutputs) return Err{EgressRefusal::too_many};
  auto run = std::make_unique<Run>();
  run->job = std::move(wish.job);
  run->job.id = around_.new_id();
  run->job.session = around_.session(room->sid);
  run->job.created_ms = world_.unix_ms();
  run->job.started_ms = run->job.ended_ms = 0;
  set_size(run->job);
  place_outputs(run->job);
  if (!has_room_for(run->job, *room)) return Err{EgressRefusal::no_capacity};
  run->predicted_cores = predicted_cores(run->job, room->counted());
  run->room = room->snapshot();
  Run& r = *runs_.emplace(run->job.id, std::move(run)).first->second;
  if (!launch(r)) {
    runs_.erase(r.job.id);
    return Err{EgressRefusal::no_capacity};
  }
  count_recording(*room, r.job, 1);
  r.room = room->snapshot();
  log::info("{} {} of room {} starts", egress_kind_name(r.job.kind), r.job.id, r.room.sid);
  change(r, EgressState::starting);
  look(r, now);
  return r.job;
}

bool EgressJobs::has_room_for(const EgressJob& job, const Room& room) const {
  const double wanted = predicted_cores(job, room.counted()), used = load().cores;
  if (around_.cores == 0 || used + wanted <= around_.cores) return true;
  log::warn("a {} of room {} is refused: it needs {:.2f} cores, {:.2f} of {:.2f} are in use",
            egress_kind_name(job.kind), room.sid, wanted, used, around_.cores);
  return false;
}

bool EgressJobs::launch(Run& run) {
  run.worker = around_.spawn(listener(run.job.id));
  if (!run.worker) return false;
  run.shown.reset();
  run.tap = taps_.open(run.worker->media_sockets(world_.shards.count()));
  run.worker->start(run.job);
  return true;
}

EgressWorker::Listener EgressJobs::listener(const std::string& id) {
  EgressWorker::Listener l;
  l.wanted = [this, id](const EgressReport::Wanted& wanted) {
    Run* run = run_of(id);
    if (!run) return;
    std::map<TrackId, std::uint8_t> tracks;
    // Only of its own room, whatever it says.
    for (const auto& [track, layer] : wanted.tracks)
      if (const Track* t = world_.track(track).track; t && t->owner->room == room_of(*run))
        tracks[track] = layer;
    taps_.set(run->tap, tracks, around_.now());
  };
  l.key_frame_needed = [this, id](TrackId track, std::uint8_t layer) {
    if (const Run* run = run_of(id)) taps_.ask_key_frame(run->tap, track, layer);
  };
  l.status = [this, id](const auto& outputs) {
    if (Run* run = run_of(id)) on_status(*run, outputs);
  };
  l.load = [this, id](const EgressReport::Load& load) {
    if (Run* run = run_of(id)) on_load(*run, load);
  };
  l.snapshot_done = [this, id](const EgressReport::Snapshot& snapshot) {
    if (Run* run = run_of(id)) on_snapshot(*run, snapshot);
  };
  l.finished = [this, id](bool clean, const std::string& error, const auto& outputs) {
    if (Run* run = run_of(id)) on_finished(*run, clean, error, outputs);
  };
  return l;
}

void EgressJobs::look(Run& run, TimePoint now) {
  run.timer = {};
  const Room* room = room_of(run);
  if (!room) return end(run);
  run.room = room->snapshot();
  EgressScene scene = scene_of(*room, run.job);
  if (!run.job.subjects.empty()) {
    if (scene.members.empty() && run.had_subjects) return end(run);
    run.had_subjects = run.had_subjects || !scene.members.empty();
  }
  if (scene != run.shown) {
    run.worker->show(scene);
    run.shown = std::move(scene);
  }
  run.timer = world_.timers.at(now + kLook, [this, id = run.job.id](TimePoint t) {
    if (Run* due = run_of(id)) look(*due, t);
  });
}

void EgressJobs::on_status(Run& run, const std::vector<EgressReport::Output>& outputs) {
  bool is_news = false, is_playable = false;
  for (const EgressReport::Output& report : outputs) {
    is_playable = is_playable || report.playable;
    EgressOutput* o = output_of(run.job, report.id);
    if (!o) o = add_copied(run.job, report);
    if (o) is_news = take_report(*o, report, world_.unix_ms()) || is_news;
    // A track that cannot be copied: the others go on.
    if (!o && run.job.copy && run.job.error.empty()) run.job.error = report.error;
  }
  const EgressState before = run.job.state;
  if (before == EgressState::starting && std::ranges::any_of(run.job.outputs, is_started)) {
    if (run.job.started_ms == 0) run.job.started_ms = world_.unix_ms();
    change(run, EgressState::started);
  }
  if (run.job.kind == EgressKind::hls && run.job.state == EgressState::started && is_playable)
    change(run, EgressState::playable);
  if (is_news && run.job.state == before) tell(run, false);
}

void EgressJobs::on_snapshot(Run& run, const EgressReport::Snapshot& snapshot) {
  if (const auto waiting = run.snapshots.extract(snapshot.name)) waiting.mapped()(snapshot);
}

void EgressJobs::on_load(Run& run, const EgressReport::Load& load) {
  run.measured.add(load.cpu, around_.now());
  if (std::exchange(run.job.degradation, load.degradation) == load.degradation) return;
  log::warn("{} {} of room {}: degradation {}", egress_kind_name(run.job.kind), run.job.id,
            run.room.sid, load.degradation);
  tell(run, false);
}

void EgressJobs::on_finished(Run& run, bool clean, const std::string& error,
                             const std::vector<EgressReport::Output>& outputs) {
  on_status(run, outputs);
  const TimePoint now = around_.now();
  taps_.close(run.tap, now);
  world_.timers.cancel(run.timer);
  run.worker.reset();
  for (const auto& [name, done] : std::exchange(run.snapshots, {}))
    done({.name = name, .error = "the composition has ended"});
  run.failed = !clean || !error.empty();
  if (run.failed) run.job.error = clean ? error : "the worker ended unexpectedly: " + error;
  if (!clean) {
    log::error("{} {} of room {}: {}", egress_kind_name(run.job.kind), run.job.id, run.room.sid,
               run.job.error);
    recover_files(run);
    if (go_on(run, now)) return;
    // It was to end anyway, and what it had written is kept.
    if (run.job.state == EgressState::stopping) run.failed = false;
  }
  if (run.recovering == 0) conclude(run);
}

void EgressJobs::recover_files(Run& run) {
  for (EgressOutput& o : run.job.outputs) {
    if (o.type != EgressOutput::Type::file || o.is_over() || !is_started(o)) continue;
    o.state = EgressOutput::State::ended;
    o.ended_ms = world_.unix_ms();
    // Ogg has nothing that is written at its end.
    if (!around_.recover || o.path.ends_with(".ogg")) continue;
    ++run.recovering;
    around_.recover(o.path, [this, id = run.job.id, output = o.id](auto recovered) {
      Run* due = run_of(id);
      EgressOutput* file = due ? output_of(due->job, output) : nullptr;
      if (!file) return;
      if (recovered) {
        file->bytes = recovered->bytes;
        file->duration_ms = recovered->duration_ms;
      } else {
        file->state = EgressOutput::State::failed;
        file->error = "nothing could be saved";
        file->bytes = file->duration_ms = 0;
      }
      --due->recovering;
      if (!due->worker && due->recovering == 0) conclude(*due);
    });
  }
}

bool EgressJobs::go_on(Run& run, TimePoint now) {
  if (run.job.state == EgressState::stopping || run.job.restarts >= kMostRestarts || !room_of(run))
    return false;
  ++run.job.restarts;
  ++restarts_;
  add_parts(run.job);
  if (!launch(run)) return false;
  log::info("{} {} of room {} goes on with a new worker", egress_kind_name(run.job.kind),
            run.job.id, run.room.sid);
  change(run, EgressState::starting);
  look(run, now);
  return true;
}

void EgressJobs::conclude(Run& run) {
  run.job.ended_ms = world_.unix_ms();
  for (EgressOutput& o : run.job.outputs) close_output(o, run.job.ended_ms);
  if (Room* room = room_of(run)) count_recording(*room, run.job, -1);
  // Stopped by itself: whoever listens hears of the steps in their order.
  if (!run.failed && run.job.state != EgressState::stopping) change(run, EgressState::stopping);
  change(run, run.failed ? EgressState::failed : EgressState::stopped);
  log::info("{} {} of room {} ended{}{}", egress_kind_name(run.job.kind), run.job.id, run.room.sid,
            run.failed ? ": " : "", run.failed ? run.job.error : "");
  runs_.erase(run.job.id);
}

void EgressJobs::end(Run& run) {
  if (run.job.state == EgressState::stopping) return;
  world_.timers.cancel(run.timer);
  change(run, EgressState::stopping);
  if (run.worker) run.worker->stop();
}

Status<EgressRefusal> EgressJobs::stop(const std::string& api_key, const std::string& room,
                                       EgressKind kind, const std::string& id) {
  std::vector<Run*> meant;
  for (const auto& [job, run] : runs_)
    if (run->job.api_key == api_key && run->job.room == room && run->job.kind == kind &&
        (id.empty() || id == job))
      meant.push_back(run.get());
  if (meant.empty()) return Err{EgressRefusal::not_found};
  for (Run* run : meant) end(*run);
  return Ok{};
}

Status<EgressRefusal> EgressJobs::stop(const std::string& api_key, const std::string& id) {
  Run* run = running(api_key, id);
  if (!run) return Err{EgressRefusal::not_found};
  if (run->job.state == EgressState::stopping) return Err{EgressRefusal::not_running};
  end(*run);
  return Ok{};
}

Result<EgressJob, EgressRefusal> EgressJobs::change_layout(
    const std::string& api_key, const std::string& id,
    const std::function<void(EgressLayout&)>& change) {
  Run* run = running(api_key, id);
  if (!run) return Err{EgressRefusal::not_found};
  if (!run->worker || run->job.state == EgressState::stopping)
    return Err{EgressRefusal::not_running};
  const EgressLayout before = run->job.layout;
  change(run->job.layout);
  run->job.layout.quality = before.quality;
  run->job.layout.orientation = before.orientation;
  run->worker->set_layout(run->job.layout);
  tell(*run, false);
  return run->job;
}

Status<EgressRefusal> EgressJobs::add_targets(const std::string& api_key, const std::string& id,
                                              const std::vector<EgressTarget>& targets) {
  Run* run = running(api_key, id);
  if (!run) return Err{EgressRefusal::not_found};
  if (!run->worker || run->job.state == EgressState::stopping)
    return Err{EgressRefusal::not_running};
  if (run->job.outputs.size() + targets.size() > kMostOutputs) return Err{EgressRefusal::too_many};
  for (const EgressTarget& target : targets) {
    EgressOutput output;
    output.type = EgressOutput::Type::stream;
    output.target = target;
    run->job.outputs.push_back(std::move(output));
    place_outputs(run->job);
    run->worker->add_output(run->job.outputs.back());
  }
  tell(*run, false);
  return Ok{};
}

Status<EgressRefusal> EgressJobs::end_targets(const std::string& api_key, const std::string& id,
                                              const std::vector<EgressTarget>& targets) {
  Run* run = running(api_key, id);
  if (!run) return Err{EgressRefusal::not_found};
  std::vector<std::string> ids;
  for (const EgressTarget& target : targets) {
    const auto it = std::ranges::find_if(run->job.outputs, [&](const EgressOutput& o) {
      return o.type == EgressOutput::Type::stream && o.target == target && !o.is_over();
    });
    if (it == run->job.outputs.end()) return Err{EgressRefusal::not_running};
    ids.push_back(it->id);
  }
  if (!run->worker) return Err{EgressRefusal::not_running};
  for (const std::string& output : ids) run->worker->end_output(output);
  return Ok{};
}

Status<EgressRefusal> EgressJobs::take_snapshot(
    const std::string& api_key, const std::string& id, const EgressSnapshot& snapshot,
    std::function<void(const EgressReport::Snapshot&)> done) {
  Run* run = running(api_key, id);
  if (!run) return Err{EgressRefusal::not_found};
  if (!run->worker || run->job.state == EgressState::stopping)
    return Err{EgressRefusal::not_running};
  if (run->snapshots.size() >= kMostSnapshots) return Err{EgressRefusal::too_many};
  run->snapshots[snapshot.name] = std::move(done);
  run->worker->take_snapshot(snapshot);
  return Ok{};
}

void EgressJobs::stop_all() {
  for (const auto& [id, run] : runs_) end(*run);
}

auto EgressJobs::load() const -> Load {
  Load load{.jobs = runs_.size(), .restarts = restarts_};
  for (const auto& [id, run] : runs_) {
    load.cores += run->cores();
    load.degraded += run->job.degradation > 0 ? 1 : 0;
  }
  return load;
}

std::optional<EgressJob> EgressJobs::find(const std::string& api_key, const std::string& id) const {
  const auto it = runs_.find(id);
  if (it == runs_.end() || it->second->job.api_key != api_key) return std::nullopt;
  return it->second->job;
}

std::vector<EgressJob> EgressJobs::active(const std::string& api_key,
                                          const std::string& room) const {
  std::vector<EgressJob> out;
  for (const auto& [id, run] : runs_)
    if (run->job.api_key == api_key && run->job.room == room) out.push_back(run->job);
  return out;
}

void EgressJobs::change(Run& run, EgressState state) {
  run.job.state = state;
  tell(run, true);
}

void EgressJobs::tell(const Run& run, bool state_changed) {
  if (world_.observer)
    world_.observer({run.job.api_key, run.room, nullptr, world_.unix_ms(),
                     EgressChanged{run.job, state_changed}});
}

Room* EgressJobs::room_of(const Run& run) const {
  Room* room = world_.room(run.job.room);
  return room && room->sid == run.room.sid ? room : nullptr;
}

void EgressJobs::count_recording(Room& room, const EgressJob& job, int difference) {
  if (!is_recording(job)) return;
  room.recordings += difference;
  updates_.room_changed(room, around_.now());
}

}  // namespace plenum::control
