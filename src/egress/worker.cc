#include "egress/worker.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "egress/control_words.h"
#include "egress/relay_reader.h"

namespace plenum::egress {
namespace {

/// Files and streams need a picture all the same; one with avatars costs next to nothing at this.
constexpr int kFps = 30, kAudioOnlyFps = 5;
/// How soon a lost key frame is noticed; assemblers ration their requests.
constexpr Duration kKeyFrameCheck = 100ms;
/// Of two images, of 64 KiB or so.
constexpr std::size_t kMostEarlyPieces = 256;
/// While the sinks end, in case nobody wakes us.
constexpr Duration kDrainCheck = 100ms;

LayoutConfig config_of(const pb::Start& start) {
  LayoutConfig config = layout_config_from(start.layout());
  if (start.audio_only()) config.quality = Quality::low;
  return config;
}

bool has_rtmp(const pb::Start& start) {
  return std::ranges::any_of(start.outputs(), [](const auto& o) { return o.has_rtmp(); });
}

}  // namespace

Worker::Job::Job(const pb::Start& start, std::function<void()> on_change,
                 const FreeBytes& free_bytes, TimePoint now)
    : director(config_of(start), !start.audio_only(), now),
      composer({.canvas = director.canvas(),
                .encoding = encoding_for(start),
                .fps = start.audio_only() ? kAudioOnlyFps : kFps,
                .constant_bitrate = has_rtmp(start)},
               now),
      overload(composer.interval()),
      outputs(composer.streams(), {.directory = start.directory(),
                                   .encoding = encoding_for(start),
                                   .audio_only = start.audio_only(),
                                   .allow_private_addresses = start.allow_private_addresses(),
                                   .min_free_bytes = start.min_free_bytes(),
                                   .free_bytes = free_bytes,
                                   .on_change = on_change}),
      snapshots(start.directory(), on_change),
      scenery(director.canvas(), on_change),
      has_picture(!start.audio_only()) {
  for (const pb::Output& o : start.outputs()) outputs.add(o);
}

template <class Step>
void Worker::guarded(Step step) {
  try {
    step();
  } catch (const std::bad_alloc&) {
    fail("out of memory");
  } catch (const std::exception& e) {
    fail(e.what());
  }
}

void Worker::handle_control(Bytes bytes, TimePoint now) {
  guarded([&] {
    pb::ToWorker message;
    if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) handle(message, now);
  });
}

void Worker::handle(const pb::ToWorker& message, TimePoint now) {
  if (message.has_image() && phase_ == Phase::idle && early_images_.size() < kMostEarlyPieces)
    early_images_.push_back(message.image());
  if (message.has_start() && phase_ == Phase::idle) start(message.start(), now);
  if (message.has_stop()) stop(now);
  if (message.has_snapshot()) take_snapshot(message.snapshot());
  if (phase_ != Phase::composing || stop_) return;
  if (message.has_room()) {
    job_->inputs.set_room(message.room(), now);
    job_->director.set_room(message.room(), now);
  }
  if (message.has_image()) job_->scenery.add(message.image());
  if (message.has_layout()) {
    job_->director.set_layout(layout_config_from(message.layout()), now);
    set_scenery(message.layout());
  }
  if (message.has_add_output()) job_->outputs.add(message.add_output());
  if (message.has_end_output()) job_->outputs.end(message.end_output());
  if (message.has_add_output() || message.has_end_output()) report_status(now);
  follow_director(now);
}

void Worker::start(const pb::Start& start, TimePoint now) {
  if (environment_.prepare) environment_.prepare(start);
  job_ = std::make_unique<Job>(
      start,
      [this] {
        outputs_changed_ = true;
        if (wake_) wake_();
      },
      environment_.free_bytes, now);
  for (const pb::ImagePiece& piece : early_images_) job_->scenery.add(piece);
  early_images_.clear();
  set_scenery(start.layout());
  phase_ = Phase::composing;
  next_key_frame_check_ = now;
  report_status(now);
}

void Worker::stop(TimePoint now) {
  if (phase_ == Phase::idle) finish("stopped before it began");
  if (!stop_) stop_ = now;
}

void Worker::handle_media(Bytes datagram, TimePoint now) {
  if (phase_ != Phase::composing) return;
  guarded([&] {
    if (auto record = read_relay_record(datagram, now))
      job_->inputs.handle_media(std::move(*record), now);
  });
}

TimePoint Worker::next_timeout() const {
  switch (phase_) {
    case Phase::idle:
    case Phase::finished:
      return kNever;
    case Phase::draining:
      return next_status_;
    case Phase::composing:
      break;
  }
  return std::min({job_->composer.due(), job_->inputs.next_timeout(), job_->director.next_timeout(),
                   next_status_, next_key_frame_check_});
}

void Worker::handle_timeout(TimePoint now) {
  if (phase_ == Phase::idle || phase_ == Phase::finished) return;
  guarded([&] {
    if (phase_ == Phase::composing) {
      follow_scenery();
      job_->inputs.handle_timeout(now);
      if (!stop_) {
        job_->director.handle_timeout(now);
        follow_director(now);
      }
      compose(now);
      ask_for_key_frames(now);
    }
    report_snapshots();
    if (phase_ == Phase::draining && job_->outputs.all_done() && job_->snapshots.is_idle())
      return finish(error_.empty() ? job_->outputs.failure().value_or("") : error_);
    if (outputs_changed_.exchange(false) || now >= next_status_) report_status(now);
  });
}

void Worker::follow_director(TimePoint now) {
  auto scene = job_->director.poll_scene();
  if (!scene) return;
  job_->composer.add_scene(std::move(*scene));
  const Director::Wanted& wanted = job_->director.wanted();
  job_->inputs.set_wanted(wanted);
  next_key_frame_check_ = now;
  if (told_ == wanted) return;
  told_ = wanted;
  pb::FromWorker message;
  pb::Wanted& wants = *message.mutable_wanted();
  for (const std::uint64_t track : wanted.audio) wants.add_wants()->set_track(track);
  for (const auto& [track, layer] : wanted.video) {
    pb::Want& want = *wants.add_wants();
    want.set_track(track);
    want.set_layer(layer);
  }
  say(message);
}

void Worker::ask_for_key_frames(TimePoint now) {
  if (now < next_key_frame_check_ || stop_) return;
  next_key_frame_check_ = now + kKeyFrameCheck;
  for (const auto& request : job_->inputs.take_key_frame_requests(now)) {
    pb::FromWorker message;
    message.mutable_key_frame_needed()->set_track(request.track);
    message.mutable_key_frame_needed()->set_layer(request.layer);
    say(message);
  }
}

void Worker::compose(TimePoint now) {
  Composer& composer = job_->composer;
  for (int i = 0; i < kMostAtOnce && composer.due() <= now; ++i) {
    if (stop_ && composer.captured() >= *stop_) return end_composition();
    compose_frame(now);
  }
  job_->outputs.watch_disk(now);
  if (!stop_)
    if (const auto failure = job_->outputs.failure()) fail(*failure);
}

void Worker::compose_frame(TimePoint now) {
  Composer& composer = job_->composer;
  OverloadLadder& overload = job_->overload;
  const Duration late = now - composer.due();
  const bool is_late = late > composer.interval();
  late_frames_ += is_late ? 1 : 0;
  if (overload.on_frame(late, now)) next_status_ = now;
  const Degradation level = overload.level();
  const bool is_half_rate = level >= Degradation::half_rate;
  const bool is_odd = composer.frames() % 2 != 0;
  const bool saves_time = is_half_rate ? late > 2 * composer.interval() : is_late;
  // A room that is always late still moves.
  const bool is_repeat =
      (saves_time && repeats_ < kMostAtOnce) || (is_odd && level >= Degradation::half_refresh);
  repeats_ = is_repeat ? repeats_ + 1 : 0;
  dropped_frames_ += is_repeat || composer.skips_next() ? 1 : 0;
  if (job_->outputs.take_key_frame_request()) composer.force_key_frame();
  job_->outputs.publish(composer.compose(job_->inputs, is_repeat, is_half_rate));
}

void Worker::end_composition() {
  job_->outputs.publish(job_->composer.flush());
  job_->outputs.end_all();
  phase_ = Phase::draining;
}

void Worker::fail(const std::string& error) {
  if (phase_ != Phase::composing) return finish(error);
  error_ = error;
  job_->inputs = Inputs();  // room for the outputs to end, when it was memory that failed
  job_->outputs.end_all();
  phase_ = Phase::draining;
}

void Worker::take_snapshot(const pb::Snapshot& what) {
  if (phase_ == Phase::composing && job_->has_picture && job_->composer.frames() > 0)
    return job_->snapshots.write(what, job_->composer.picture());
  pb::FromWorker message;
  pb::SnapshotDone& done = *message.mutable_snapshot_done();
  done.set_name(what.name());
  done.set_error(phase_ != Phase::composing ? "nothing is being composed"
                 : job_->has_picture        ? "there is no picture yet"
                                            : "a job of sound alone has no picture");
  say(message);
}

void Worker::report_snapshots() {
  for (pb::SnapshotDone& done : job_->snapshots.take_done()) {
    pb::FromWorker message;
    *message.mutable_snapshot_done() = std::move(done);
    say(message);
  }
}

void Worker::set_scenery(const pb::Layout& layout) {
  if (job_->has_picture) job_->scenery.set(layout, palette(layout_config_from(layout)).background);
}

void Worker::follow_scenery() {
  auto change = job_->scenery.poll();
  if (!change) return;
  const PictureView view = change->background ? change->background->view() : PictureView{};
  job_->composer.set_background(change->background ? &view : nullptr);
  job_->composer.set_logo(std::move(change->logo), change->corner);
  if (change->faults == 0) return;
  pb::FromWorker message;
  message.mutable_images_faulty()->set_count(static_cast<std::uint32_t>(change->faults));
  say(message);
}

void Worker::report_status(TimePoint now) {
  next_status_ = now + (phase_ == Phase::draining ? kDrainCheck : kStatusInterval);
  pb::FromWorker message;
  pb::Status& status = *message.mutable_status();
  for (const pb::OutputStatus& o : job_->outputs.status()) *status.add_outputs() = o;
  status.set_frames(static_cast<std::uint64_t>(job_->composer.frames()));
  status.set_late_frames(late_frames_);
  status.set_degradation(static_cast<std::uint32_t>(job_->overload.level()));
  status.set_degradations(job_->overload.steps_down());
  status.set_dropped_frames(dropped_frames_);
  status.set_dropped_packets(job_->outputs.dropped_packets());
  say(message);
}

void Worker::finish(const std::string& error) {
  if (phase_ == Phase::finished) return;
  phase_ = Phase::finished;
  pb::FromWorker message;
  message.mutable_finished()->set_error(error);
  if (job_)
    for (const pb::OutputStatus& o : job_->outputs.status())
      *message.mutable_finished()->add_outputs() = o;
  say(message);
}

std::optional<std::string> Worker::poll_message() {
  if (messages_.empty()) return std::nullopt;
  std::string message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

}  // namespace plenum::egress
