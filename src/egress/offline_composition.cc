#include "egress/offline_composition.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "egress/composer.h"
#include "egress/director.h"
#include "egress/final_file_sink.h"
#include "egress/packet_bus.h"
#include "egress/recorded_room.h"

namespace plenum::egress {
namespace {

/// As in a live job: MP4 is written with a picture, which is then left out.
constexpr int kFps = 30, kAudioOnlyFps = 5;
constexpr unsigned kMostThreads = 4;

LayoutConfig layout_of(const OfflinePlan& plan) {
  LayoutConfig layout = plan.layout;
  if (plan.audio_only) layout.quality = Quality::low;
  return layout;
}

/// x264's threads only delay what comes out, which nobody sees here. Those of libvpx wait for each
/// other by spinning, which costs more than it gains at these sizes.
int threads_for(Container container) {
  if (container == Container::webm) return 0;
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads));
}

/// The file while it grows. Gone again unless keep() was called.
class PartialFile {
 public:
  explicit PartialFile(std::string output) : output_(std::move(output)), path_(output_ + ".part") {
    std::error_code ec;
    if (std::filesystem::exists(std::filesystem::symlink_status(output_, ec)))
      throw std::runtime_error("there is a file " + output_ + " already");
  }
  ~PartialFile() {
    if (!is_kept_) ::unlink(path_.c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::string& path() const { return path_; }
  void keep() {
    if (::rename(path_.c_str(), output_.c_str()) < 0)
      throw std::runtime_error("cannot write " + output_ + ": " + std::strerror(errno));
    is_kept_ = true;
  }

 private:
  const std::string output_, path_;
  bool is_kept_ = false;
};

class OfflineComposition {
 public:
  explicit OfflineComposition(const OfflinePlan& plan)
      : room_(plan.manifests, !plan.audio_only),
        file_(plan.output),
        director_(layout_of(plan), !plan.audio_only, room_.begin()),
        composer_({.canvas = director_.canvas(),
                   .encoding =
                       plan.container == Container::webm ? Encoding::vp8_opus : Encoding::h264_aac,
                   .fps = plan.audio_only ? kAudioOnlyFps : kFps,
                   .threads = threads_for(plan.container)},
                  room_.begin()),
        bus_(composer_.streams(), {}),
        sink_(bus_.add(
            std::make_unique<FinalFileSink>(file_.path(), plan.container, plan.audio_only))) {}

  OfflineResult run(const std::function<void(Duration, Duration)>& on_progress) {
    for (;;) {
      const TimePoint t = composer_.captured();
      direct(t);
      if (room_.has_ended()) break;
      if (bus_.take_key_frame_request()) composer_.force_key_frame();
      bus_.publish(composer_.compose(room_, false));
      bus_.wait_for_sinks();
      if (bus_.status(sink_)->state == SinkState::failed) break;
      if (on_progress) on_progress(t - room_.begin(), room_.length());
    }
    bus_.publish(composer_.flush());
    bus_.end_all();
    bus_.wait(sink_, kNever);
    const SinkStatus status = *bus_.status(sink_);
    if (!status.error.empty()) throw std::runtime_error(status.error);
    file_.keep();
    return {.duration = status.duration, .bytes = status.bytes};
  }

 private:
  void direct(TimePoint t) {
    if (room_.advance(t)) director_.set_room(room_.room(), t);
    if (director_.next_timeout() <= t) director_.handle_timeout(t);
    if (auto scene = director_.poll_scene()) composer_.add_scene(std::move(*scene));
  }

  RecordedRoom room_;
  PartialFile file_;
  Director director_;
  Composer composer_;
  PacketBus bus_;  // before its files go, its sinks have ended
  const SinkId sink_;
};

}  // namespace

Result<OfflineResult, std::string> compose_offline(
    const OfflinePlan& plan, const std::function<void(Duration, Duration)>& on_progress) {
  try {
    return OfflineComposition(plan).run(on_progress);
  } catch (const std::exception& e) {
    return Err{std::string(e.what())};
  }
}

}  // namespace plenum::egress
