#include "egress/file_keeper.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "egress/finalise.h"
#include "egress/manifest_file.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

std::string sync_error(const std::string& path) {
  const io::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd && ::fsync(fd.get()) == 0) return "";
  return std::string("cannot bring the recording to the disk: ") + std::strerror(errno);
}

}  // namespace

FileKeeper::FileKeeper(std::string manifest_path, std::function<void()> wake)
    : manifest_path_(std::move(manifest_path)),
      wake_(std::move(wake)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void FileKeeper::keep(std::size_t id, std::string path, Ending how) {
  const std::lock_guard lock(mutex_);
  closed_.push_back({.id = id, .path = std::move(path), .how = how});
  changed_.notify_one();
}

void FileKeeper::write(Manifest manifest) {
  const std::lock_guard lock(mutex_);
  manifest_ = std::move(manifest);
  changed_.notify_one();
}

std::vector<FileKeeper::Kept> FileKeeper::take_kept() {
  const std::lock_guard lock(mutex_);
  return std::exchange(kept_, {});
}

bool FileKeeper::idle() const {
  const std::lock_guard lock(mutex_);
  return !busy_ && closed_.empty() && !manifest_ && kept_.empty();
}

std::string FileKeeper::manifest_error() const {
  const std::lock_guard lock(mutex_);
  return manifest_error_;
}

void FileKeeper::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, stop, [&] { return !closed_.empty() || manifest_; });
    if (closed_.empty() && !manifest_) return;
    busy_ = true;
    if (!closed_.empty()) {
      const Closed file = std::move(closed_.front());
      closed_.pop_front();
      lock.unlock();
      Kept kept = end(file);
      lock.lock();
      kept_.push_back(std::move(kept));
    } else {
      const Manifest manifest = *std::exchange(manifest_, std::nullopt);
      lock.unlock();
      const auto written = write_manifest(manifest_path_, manifest);
      lock.lock();
      manifest_error_ = written ? "" : written.error();
    }
    busy_ = false;
    lock.unlock();
    if (wake_) wake_();
    lock.lock();
  }
}

FileKeeper::Kept FileKeeper::end(const Closed& file) {
  if (file.how == Ending::sync) return {.id = file.id, .error = sync_error(file.path)};
  try {
    const auto done = file.how == Ending::finalise ? finalise(file.path) : recover(file.path);
    if (done) return {.id = file.id, .bytes = done->bytes};
    return {.id = file.id, .error = done.error()};
  } catch (const std::exception& e) {  // no memory, most likely
    return {.id = file.id, .error = e.what()};
  }
}

}  // namespace plenum::egress
