#include "control/egress_jobs.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
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
  job.width = job.audio_only ? 0 : portrait ? height : width;
  job.height = job.audio_only ? 0 : portrait ? width : height;
}

std::string path_of(const EgressJob& job) {
  if (job.kind == EgressKind::recording) return "recordings/" + job.id + ".mp4";
  return job.kind == EgressKind::hls ? "hls/" + job.id : std::string();
}

}  // namespace

struct EgressJobs::Run {
  EgressJob job;
  /// Of the room where it runs: for events when the room has gone.
  RoomSnapshot room;
  std::unique_ptr<EgressWorker> worker;
  TapId tap;
  std::optional<EgressScene> shown;
  Timers::Handle timer;
};

EgressJobs::EgressJobs(World& world, Updates& updates, Taps& taps)
    : world_(world), updates_(updates), taps_(taps) {}

EgressJobs::~EgressJobs() = default;

auto EgressJobs::find(const std::string& id) -> Run* {
  const auto it = runs_.find(id);
  return it == runs_.end() ? nullptr : it->second.get();
}

Result<EgressJob, EgressRefusal> EgressJobs::start(Wish wish, TimePoint now) {
  Room* room = world_.room(wish.job.room);
  if (!room || room->api_key != wish.job.api_key || room->counted() == 0)
    return Err{EgressRefusal::no_session};
  for (const auto& [id, run] : runs_) {
    if (run->room.sid != room->sid || run->job.kind != wish.job.kind || wish.parallel) continue;
    return Err{run->job.state == EgressState::stopping ? EgressRefusal::stopping
                                                       : EgressRefusal::already_running};
  }
  if (!around_.spawn) return Err{EgressRefusal::no_capacity};
  auto run = std::make_unique<Run>();
  run->job = std::move(wish.job);
  run->job.id = around_.new_id();
  run->job.state = EgressState::starting;
  run->job.session = around_.session(room->sid);
  run->job.created_ms = world_.unix_ms();
  run->job.started_ms = run->job.ended_ms = 0;
  run->job.path = path_of(run->job);
  set_size(run->job);
  run->worker = around_.spawn(listener(run->job.id));
  if (!run->worker) return Err{EgressRefusal::no_capacity};

  Run& r = *run;
  runs_.emplace(r.job.id, std::move(run));
  count_recording(*room, r.job, 1);
  r.room = room->snapshot();
  r.tap = taps_.open(r.worker->media_sockets(world_.shards.count()));
  r.worker->start(r.job);
  log::info("{} {} of room {} starts", egress_kind_name(r.job.kind), r.job.id, r.room.sid);
  change(r, EgressState::starting);
  look(r, now);
  return r.job;
}

EgressWorker::Listener EgressJobs::listener(const std::string& id) {
  EgressWorker::Listener l;
  l.wanted = [this, id](const EgressReport::Wanted& wanted) {
    Run* run = find(id);
    if (!run) return;
    std::map<TrackId, std::uint8_t> tracks;
    // Only of its own room, whatever it says.
    for (const auto& [track, layer] : wanted.tracks)
      if (const Track* t = world_.track(track).track; t && t->owner->room == room_of(*run))
        tracks[track] = layer;
    taps_.set(run->tap, tracks, around_.now());
  };
  l.key_frame_needed = [this, id](TrackId track, std::uint8_t layer) {
    if (const Run* run = find(id)) taps_.ask_key_frame(run->tap, track, layer);
  };
  l.status = [this, id](const auto& outputs) {
    if (Run* run = find(id)) on_status(*run, outputs);
  };
  l.finished = [this, id](bool clean, const std::string& error, const auto& outputs) {
    if (Run* run = find(id)) on_finished(*run, clean, error, outputs);
  };
  return l;
}

void EgressJobs::look(Run& run, TimePoint now) {
  run.timer = {};
  const Room* room = room_of(run);
  if (!room) return end(run);
  run.room = room->snapshot();
  if (EgressScene scene = scene_of(*room); scene != run.shown) {
    run.worker->show(scene);
    run.shown = std::move(scene);
  }
  run.timer = world_.timers.at(now + kLook, [this, id = run.job.id](TimePoint t) {
    if (Run* due = find(id)) look(*due, t);
  });
}

void EgressJobs::on_status(Run& run, const std::vector<EgressReport::Output>& outputs) {
  using Output = EgressReport::Output;
  for (const Output& o : outputs) {
    run.job.bytes = std::max(run.job.bytes, o.bytes);
    run.job.duration_ms = std::max(run.job.duration_ms, o.duration_ms);
  }
  if (run.job.state == EgressState::starting && std::ranges::any_of(outputs, &Output::started)) {
    run.job.started_ms = world_.unix_ms();
    change(run, EgressState::started);
  }
  if (run.job.kind == EgressKind::hls && run.job.state == EgressState::started &&
      std::ranges::any_of(outputs, &Output::playable))
    change(run, EgressState::playable);
}

void EgressJobs::on_finished(Run& run, bool clean, const std::string& error,
                             const std::vector<EgressReport::Output>& outputs) {
  on_status(run, outputs);
  const bool well = clean && error.empty();
  run.job.ended_ms = world_.unix_ms();
  if (!well) run.job.error = clean ? error : "the worker ended unexpectedly: " + error;
  taps_.close(run.tap, around_.now());
  world_.timers.cancel(run.timer);
  if (Room* room = room_of(run)) count_recording(*room, run.job, -1);
  // Stopped by itself: whoever listens hears of the steps in their order.
  if (well && run.job.state != EgressState::stopping) change(run, EgressState::stopping);
  change(run, well ? EgressState::stopped : EgressState::failed);
  log::info("{} {} of room {} ended{}{}", egress_kind_name(run.job.kind), run.job.id, run.room.sid,
            well ? "" : ": ", run.job.error);
  runs_.erase(run.job.id);
}

void EgressJobs::end(Run& run) {
  if (run.job.state == EgressState::stopping) return;
  world_.timers.cancel(run.timer);
  change(run, EgressState::stopping);
  run.worker->stop();
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

void EgressJobs::stop_all() {
  for (const auto& [id, run] : runs_) end(*run);
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
  if (world_.observer)
    world_.observer({run.job.api_key, run.room, nullptr, world_.unix_ms(), EgressChanged{run.job}});
}

Room* EgressJobs::room_of(const Run& run) const {
  Room* room = world_.room(run.job.room);
  return room && room->sid == run.room.sid ? room : nullptr;
}

void EgressJobs::count_recording(Room& room, const EgressJob& job, int difference) {
  if (job.kind != EgressKind::recording) return;
  room.recordings += difference;
  updates_.room_changed(room, around_.now());
}

}  // namespace plenum::control
