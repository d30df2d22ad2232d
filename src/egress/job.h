#pragma once
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/time.h"
#include "egress/copy_worker.h"
#include "egress/worker.h"

namespace plenum::egress {

/// The one job of this process, of the kind that Start asks for: composing or copying. For one
/// thread.
class Job {
 public:
  /// As CopyWorker and Worker have it.
  Job(Duration unix_offset, std::function<void()> wake, Worker::Environment environment)
      : unix_offset_(unix_offset),
        wake_(wake),
        prepare_(environment.prepare),
        free_bytes_(environment.free_bytes),
        worker_(std::in_place_type<Worker>, wake, std::move(environment)) {}

  void handle_control(Bytes message, TimePoint now);
  void handle_media(Bytes datagram, TimePoint now) {
    std::visit([&](auto& w) { w.handle_media(datagram, now); }, worker_);
  }
  void stop(TimePoint now) {
    std::visit([&](auto& w) { w.stop(now); }, worker_);
  }
  TimePoint next_timeout() const {
    return std::visit([](const auto& w) { return w.next_timeout(); }, worker_);
  }
  void handle_timeout(TimePoint now) {
    std::visit([&](auto& w) { w.handle_timeout(now); }, worker_);
  }
  std::optional<std::string> poll_message() {
    return std::visit([](auto& w) { return w.poll_message(); }, worker_);
  }
  bool finished() const {
    return std::visit([](const auto& w) { return w.finished(); }, worker_);
  }

 private:
  const Duration unix_offset_;
  const std::function<void()> wake_;
  const std::function<void(const pb::Start&)> prepare_;
  const FreeBytes free_bytes_;
  bool is_chosen_ = false;
  std::variant<Worker, CopyWorker> worker_;
};

}  // namespace plenum::egress
