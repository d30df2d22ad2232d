#include "egress/snapshot_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <span>
#include <string_view>
#include <utility>

#include "egress/drawing.h"
#include "egress/plain_name.h"
#include "egress/scaling.h"
#include "egress/snapshot.h"
#include "io/clock.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

constexpr std::uint32_t kMaxSide = 4096;

ImageFormat format_of(const pb::Snapshot& what) {
  switch (what.format()) {
    case pb::Snapshot::PNG:
      return ImageFormat::png;
    case pb::Snapshot::WEBP:
      return ImageFormat::webp;
    default:
      return ImageFormat::jpeg;
  }
}

/// So that it cannot take the place of a recording.
bool ends_as_its_format(std::string_view name, ImageFormat format) {
  switch (format) {
    case ImageFormat::png:
      return name.ends_with(".png");
    case ImageFormat::webp:
      return name.ends_with(".webp");
    case ImageFormat::jpeg:
      break;
  }
  return name.ends_with(".jpg") || name.ends_with(".jpeg");
}

std::string objection_to(const pb::Snapshot& what) {
  if (!is_plain_name(what.name())) return "not a name for a file";
  if (!ends_as_its_format(what.name(), format_of(what)))
    return "the name of an image has to end as its format does";
  for (const std::uint32_t side : {what.width(), what.height()})
    if (side > kMaxSide || side % 2 != 0)
      return "width and height of an image have to be even, 2 to 4096";
  return "";
}

/// Even, of the shape of `from`, when `side` of it becomes `wanted`.
int follow(int other, int side, int wanted) {
  return std::max(2, static_cast<int>(std::int64_t{other} * wanted / side) / 2 * 2);
}

Size size_for(const pb::Snapshot& what, Size from) {
  const Size wanted{static_cast<int>(what.width()), static_cast<int>(what.height())};
  if (wanted == Size{}) return from;
  if (wanted.height == 0) return {wanted.width, follow(from.height, from.width, wanted.width)};
  if (wanted.width == 0) return {follow(from.width, from.height, wanted.height), wanted.height};
  return wanted;
}

Picture fitted(Picture picture, Size size) {
  if (picture.size() == size) return picture;
  const Rect all{0, 0, size.width, size.height};
  Picture canvas(size);
  fill(canvas, all, to_yuv({0, 0, 0}));
  scale_into(picture.view(), canvas, fit_inside(picture.size(), all));
  return canvas;
}

std::string system_error() {
  return std::string("cannot write the image: ") + std::strerror(errno);
}

/// Whole under its name or not at all. The error, if there is one.
std::string write_file(const std::string& directory, const std::string& name,
                       std::span<const std::byte> bytes) {
  const std::string temporary = directory + "/.snapshot.tmp", path = directory + "/" + name;
  const io::Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
  if (!fd) return system_error();
  std::string error;
  while (!bytes.empty() && error.empty()) {
    const ssize_t n = ::write(fd.get(), bytes.data(), bytes.size());
    if (n >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    else if (errno != EINTR)
      error = system_error();
  }
  if (error.empty() && (::fdatasync(fd.get()) < 0 || ::rename(temporary.c_str(), path.c_str()) < 0))
    error = system_error();
  if (!error.empty()) ::unlink(temporary.c_str());
  return error;
}

}  // namespace

SnapshotWriter::SnapshotWriter(std::string directory, std::function<void()> on_done)
    : directory_(std::move(directory)), on_done_(std::move(on_done)) {}

SnapshotWriter::~SnapshotWriter() = default;

void SnapshotWriter::write(const pb::Snapshot& what, const PictureView& picture) {
  ++asked_;
  Job job{.what = what, .picture = {}, .done = {}};
  job.done.set_name(what.name());
  job.done.set_created_unix_ms(static_cast<std::uint64_t>(io::unix_ms()));
  std::string error = objection_to(what);
  const std::lock_guard lock(mutex_);
  if (error.empty() && waiting_.size() >= kMaxWaiting) error = "too many images wait to be written";
  if (!error.empty()) {
    job.done.set_error(error);
    done_.push_back(std::move(job.done));
    return on_done_();
  }
  job.picture = Picture(picture.size);
  copy(picture, job.picture, {0, 0, picture.size.width, picture.size.height});
  waiting_.push_back(std::move(job));
  if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& s) { run(s); });
  changed_.notify_one();
}

void SnapshotWriter::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto has_work = [this] { return !waiting_.empty(); };
  while (changed_.wait(lock, stop, has_work) && !stop.stop_requested()) {
    Job job = std::move(waiting_.front());
    lock.unlock();
    try {
      finish(job);
    } catch (const std::exception& e) {  // no memory, most likely
      job.done.set_error(e.what());
    }
    lock.lock();
    waiting_.pop_front();
    done_.push_back(std::move(job.done));
    on_done_();
  }
}

void SnapshotWriter::finish(Job& job) const {
  const Size size = size_for(job.what, job.picture.size());
  const Picture picture = fitted(std::move(job.picture), size);
  const auto file = encode_image(picture.view(), format_of(job.what));
  if (!file) return job.done.set_error("the image cannot be encoded");
  job.done.set_error(write_file(directory_, job.what.name(), *file));
  if (!job.done.error().empty()) return;
  job.done.set_width(static_cast<std::uint32_t>(picture.size().width));
  job.done.set_height(static_cast<std::uint32_t>(picture.size().height));
  job.done.set_bytes(file->size());
}

std::vector<pb::SnapshotDone> SnapshotWriter::take_done() {
  const std::lock_guard lock(mutex_);
  taken_ += done_.size();
  return std::exchange(done_, {});
}

}  // namespace plenum::egress
