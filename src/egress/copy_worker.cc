#include "egress/copy_worker.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "egress/control_words.h"
#include "egress/plain_name.h"
#include "egress/relay_reader.h"

namespace plenum::egress {
namespace {

/// How often frames are written, and a lost key frame is noticed.
constexpr Duration kWriteInterval = 100ms;
constexpr Duration kStatusInterval = 1s;
/// How often the manifest says how far files are, when nothing else has changed.
constexpr Duration kManifestInterval = 10s;
/// While the disk works, in case nobody wakes us.
constexpr Duration kDrainCheck = 100ms;
/// Leaves room for what is put behind it: a source, a number, an ending.
constexpr std::size_t kLongestName = 200;

/// Why it cannot be done; empty: it can.
std::string problem_of(const pb::Start& start) {
  const pb::Copy& copy = start.copy();
  if (!is_plain_name(copy.name()) || copy.name().size() > kLongestName)
    return "not a name for files";
  if (copy.sources().empty()) return "no source to copy";
  const auto container = container_for(copy.container(), std::nullopt);
  return container ? "" : container.error();
}

}  // namespace

template <class Step>
void CopyWorker::guarded(Step step) {
  try {
    step();
  } catch (const std::exception& e) {
    fail(e.what());
  }
}

void CopyWorker::handle_control(Bytes bytes, TimePoint now) {
  pb::ToWorker message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  guarded([&] { handle(message, now); });
}

void CopyWorker::handle(const pb::ToWorker& message, TimePoint now) {
  if (message.has_start() && phase_ == Phase::idle) start(message.start(), now);
  if (message.has_stop()) stop(now);
  if (phase_ == Phase::copying && !stop_ && message.has_room()) set_room(message.room(), now);
}

void CopyWorker::start(const pb::Start& start, TimePoint now) {
  if (const std::string problem = problem_of(start); !problem.empty()) return finish(problem);
  disk_.emplace(start.directory(), start.min_free_bytes(), free_bytes_);
  if (const auto refusal = disk_->refusal()) return finish(*refusal);
  started_ = written_ = now;
  identity_ = start.copy().identity();
  files_ = std::make_unique<CopyFiles>(
      CopyFiles::Options{.folder = start.directory(),
                         .name = start.copy().name(),
                         .started_unix_us = (now.time_since_epoch() + unix_offset_).count(),
                         .wake = [this] {
                           files_changed_ = true;
                           if (wake_) wake_();
                         }});
  add_lanes(start.copy(), now);
  phase_ = Phase::copying;
  next_write_ = now;
  report_status(now);
}

void CopyWorker::add_lanes(const pb::Copy& copy, TimePoint now) {
  const auto asked = [&](pb::Source source) {
    const bool is_asked = std::ranges::find(copy.sources(), source) != copy.sources().end();
    return is_asked ? std::optional(source_from(source)) : std::nullopt;
  };
  const auto add = [&](const std::string& suffix, std::optional<TrackSource> video,
                       std::optional<TrackSource> audio) {
    if (!video && !audio) return;
    lanes_.push_back(std::make_unique<CopyLane>(CopyLane::Options{.base = copy.name() + suffix,
                                                                  .container = copy.container(),
                                                                  .splits = copy.per_track(),
                                                                  .video = video,
                                                                  .audio = audio,
                                                                  .job_start = now},
                                                *files_));
  };
  const auto camera = asked(pb::CAMERA);
  const auto microphone = asked(pb::MICROPHONE);
  const auto screen = asked(pb::SCREEN);
  const auto screen_audio = asked(pb::SCREEN_AUDIO);
  if (!copy.per_track()) {
    add("", camera, microphone);
    add("-screen", screen, screen_audio);
    return;
  }
  add("-camera", camera, std::nullopt);
  add("-microphone", std::nullopt, microphone);
  add("-screen", screen, std::nullopt);
  add("-screen-audio", std::nullopt, screen_audio);
}

void CopyWorker::set_room(const pb::Room& room, TimePoint now) {
  const auto at = std::ranges::find(room.members(), identity_, &pb::Member::identity);
  const pb::Member* member = at == room.members().end() ? nullptr : &*at;
  // Who comes back may have another device, with another clock.
  if (!member) clock_.reset();
  if (member && !clock_) clock_ = std::make_shared<ParticipantClock>();
  for (const auto& lane : lanes_) lane->set_member(member, clock_, now);
  say_wanted();
  next_write_ = now;
}

void CopyWorker::stop(TimePoint now) {
  if (phase_ == Phase::idle) finish("stopped before it began");
  if (!stop_) stop_ = now;
}

void CopyWorker::handle_media(Bytes datagram, TimePoint now) {
  if (phase_ != Phase::copying) return;
  auto record = read_relay_record(datagram, now);
  if (!record) return;
  for (const auto& lane : lanes_)
    if (lane->owns(record->track))
      return guarded([&] { lane->handle_media(std::move(*record), now); });
}

TimePoint CopyWorker::next_timeout() const {
  if (phase_ == Phase::idle || phase_ == Phase::finished) return kNever;
  TimePoint next = next_status_;
  if (phase_ == Phase::draining) return next;
  next = std::min(next, next_write_);
  for (const auto& lane : lanes_) next = std::min(next, lane->next_timeout());
  return next;
}

void CopyWorker::handle_timeout(TimePoint now) {
  if (phase_ == Phase::idle || phase_ == Phase::finished) return;
  guarded([&] {
    if (phase_ == Phase::copying) copy(now);
    const bool changed = files_changed_.exchange(false) && files_->take_changes();
    if (phase_ == Phase::draining) drain();
    if (phase_ != Phase::finished && (changed || now >= next_status_)) report_status(now);
  });
}

void CopyWorker::copy(TimePoint now) {
  for (const auto& lane : lanes_)
    if (lane->next_timeout() <= now) lane->handle_timeout(now);
  if (stop_ && now >= *stop_ + CopyLane::kDelay) return end_files(*stop_);
  if (now < next_write_) return;
  next_write_ = now + kWriteInterval;
  written_ = now;
  for (const auto& lane : lanes_) lane->write(now);
  if (disk_->is_almost_full(now)) return fail("the disk is almost full");
  if (!stop_) ask_for_key_frames(now);
}

void CopyWorker::say_wanted() {
  pb::FromWorker message;
  pb::Wanted& wanted = *message.mutable_wanted();
  for (const auto& lane : lanes_)
    for (const CopyLane::Want& w : lane->wanted()) {
      pb::Want& want = *wanted.add_wants();
      want.set_track(w.track);
      want.set_layer(w.layer);
    }
  std::string serialized = message.SerializeAsString();
  if (serialized == told_) return;
  told_ = serialized;
  messages_.push_back(std::move(serialized));
}

void CopyWorker::ask_for_key_frames(TimePoint now) {
  for (const auto& lane : lanes_)
    for (const CopyLane::Want& request : lane->take_key_frame_requests(now)) {
      pb::FromWorker message;
      message.mutable_key_frame_needed()->set_track(request.track);
      message.mutable_key_frame_needed()->set_layer(request.layer);
      say(message);
    }
}

void CopyWorker::report_status(TimePoint now) {
  next_status_ = now + (phase_ == Phase::draining ? kDrainCheck : kStatusInterval);
  for (const auto& lane : lanes_) lane->refresh();
  if (phase_ == Phase::copying && (files_->is_stale() || now >= next_manifest_)) {
    next_manifest_ = now + kManifestInterval;
    files_->write_manifest(written_ - started_, false);
  }
  pb::FromWorker message;
  for (const pb::OutputStatus& o : files_->status()) *message.mutable_status()->add_outputs() = o;
  message.mutable_status();
  say(message);
}

void CopyWorker::end_files(TimePoint at) {
  for (const auto& lane : lanes_) lane->end(at);
  written_ = at;
  phase_ = Phase::draining;
}

void CopyWorker::fail(const std::string& error) {
  if (phase_ == Phase::idle || phase_ == Phase::finished) return finish(error);
  if (error_.empty()) error_ = error;
  for (const auto& lane : lanes_) lane->abandon(error);
  phase_ = Phase::draining;
}

void CopyWorker::drain() {
  files_->take_changes();
  if (!files_->idle()) return;
  if (!last_manifest_) {
    last_manifest_ = true;
    return files_->write_manifest(written_ - started_, true);
  }
  if (error_.empty() && files_->empty()) error_ = files_->error();
  if (error_.empty()) error_ = files_->manifest_error();
  if (error_.empty() && files_->empty()) error_ = "nothing was sent that could be recorded";
  finish(error_);
}

void CopyWorker::finish(const std::string& error) {
  if (phase_ == Phase::finished) return;
  phase_ = Phase::finished;
  pb::FromWorker message;
  message.mutable_finished()->set_error(error);
  if (files_)
    for (const pb::OutputStatus& o : files_->status())
      *message.mutable_finished()->add_outputs() = o;
  say(message);
}

std::optional<std::string> CopyWorker::poll_message() {
  if (messages_.empty()) return std::nullopt;
  std::string message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

}  // namespace plenum::egress
