#include "history/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "history/record_codec.h"
#include "history/spool_format.h"

namespace plenum::history {
namespace {

/// Read at once: some hundred records.
constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

std::string reason() { return std::generic_category().message(errno); }

[[noreturn]] void fail(const char* what, const std::filesystem::path& path) {
  throw std::runtime_error(fmt::format("cannot {} {}: {}", what, path.string(), reason()));
}

/// A new file's name is durable only once its folder is.
void sync_folder_of(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Spool::Spool(std::filesystem::path path, std::size_t max_bytes)
    : path_(std::move(path)), max_bytes_(max_bytes) {
  try {
    open();
    read_header();
  } catch (...) {
    if (file_ >= 0) ::close(file_);
    throw;
  }
}

Spool::~Spool() { ::close(file_); }

void Spool::open() {
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) fail("open", path_);
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0)
    throw std::runtime_error(
        fmt::format("{} is in use: another server runs with this data directory", path_.string()));
  sync_folder_of(path_);
  struct stat status {};
  if (::fstat(file_, &status) != 0) fail("read", path_);
  at_ = waiting_ = 0;
  size_ = static_cast<std::size_t>(status.st_size);
  touched_ms_ = std::int64_t{status.st_mtim.tv_sec} * 1000 + status.st_mtim.tv_nsec / 1'000'000;
  run_.clear();
}

void Spool::read_header() {
  if (size_ == 0) return;
  const auto run = parse_spool_header(read(0, kSpoolHeaderBytes));
  if (run) {
    run_ = *run;
    at_ = kSpoolHeaderBytes;
    return;
  }
  switch (run.error()) {
    case SpoolFormatError::torn:
      return clear();
    case SpoolFormatError::other_version:
      throw std::runtime_error(
          fmt::format("{} holds events that another version of this program wrote: start that one "
                      "until it has stored them, or move the file away",
                      path_.string()));
    default:
      set_aside("it is no spool");
  }
}

void Spool::touch() { static_cast<void>(::futimens(file_, nullptr)); }

std::vector<std::byte> Spool::read(std::size_t at, std::size_t bytes) const {
  std::vector<std::byte> out(std::min(bytes, size_ - std::min(at, size_)));
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n =
        ::pread(file_, out.data() + done, out.size() - done, static_cast<off_t>(at + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(done);
  return out;
}

Spool::Chunk Spool::front(std::size_t max_records) const {
  Chunk chunk;
  std::vector<std::byte> block = read(at_, kBlockBytes);
  while (chunk.records.size() + chunk.unreadable < max_records && at_ + chunk.bytes < size_) {
    const auto frame = parse_frame(Bytes(block).subspan(chunk.bytes));
    if (!frame) {
      const bool at_end = at_ + block.size() >= size_;
      if (frame.error() == SpoolFormatError::torn && !at_end) {
        if (chunk.bytes > 0) break;      // the next chunk begins with it
        block = read(at_, size_ - at_);  // a long one, which needs more than a block
        if (at_ + block.size() >= size_) continue;
      }
      chunk.rest_bytes = size_ - at_ - chunk.bytes;
      chunk.bytes += chunk.rest_bytes;
      break;
    }
    chunk.bytes += frame->bytes;
    if (auto record = parse_record(frame->payload))
      chunk.records.push_back(std::move(*record));
    else
      ++chunk.unreadable;
  }
  return chunk;
}

void Spool::drop(const Chunk& chunk) {
  at_ += chunk.bytes;
  waiting_ -= std::min<std::size_t>(waiting_, chunk.records.size() + chunk.unreadable);
  try {
    if (chunk.rest_bytes > 0)
      set_aside(fmt::format("its last {} bytes are no events", chunk.rest_bytes));
    else if (empty())
      clear();
  } catch (const std::exception& e) {
    log::error("history: {}", e.what());  // what it holds is known to be written
  }
}

std::size_t Spool::append(std::span<const Record> records, const std::string& run) {
  refusal_.clear();
  std::vector<std::byte> bytes;
  if (size_ == 0) bytes = spool_header(run);
  std::size_t kept = 0;
  for (const Record& record : records) {
    const std::size_t before = bytes.size();
    append_frame(bytes, encode_record(record));
    if (size_ + bytes.size() > max_bytes_) {
      bytes.resize(before);
      refusal_ = fmt::format("the spool is full ({} MiB)", max_bytes_ >> 20);
      break;
    }
    ++kept;
  }
  if (kept == 0 || !write(bytes)) return 0;
  if (size_ == 0) {
    run_ = run;
    at_ = kSpoolHeaderBytes;
  }
  size_ += bytes.size();
  waiting_ += kept;
  return kept;
}

bool Spool::write(const std::vector<std::byte>& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        ::pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(size_ + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  if (done == bytes.size() && ::fdatasync(file_) == 0) return true;
  refusal_ = fmt::format("cannot write {}: {}", path_.string(), reason());
  // Half a batch must not stand between what is written later. Should this fail, the file ends
  // there when it is read.
  static_cast<void>(::ftruncate(file_, static_cast<off_t>(size_)));
  return false;
}

void Spool::clear() {
  if (::ftruncate(file_, 0) != 0 || ::fdatasync(file_) != 0) fail("cut", path_);
  at_ = size_ = waiting_ = 0;
  run_.clear();
}

void Spool::set_aside(const std::string& why) {
  std::filesystem::path aside = path_;
  aside += ".damaged";
  std::filesystem::rename(path_, aside);
  log::error("history: {} is now {}: {}", path_.string(), aside.string(), why);
  ::close(std::exchange(file_, -1));
  open();
}

}  // namespace plenum::history
