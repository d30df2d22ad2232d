#include "egress/file_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

namespace plenum::egress {
namespace {
constexpr int kBufferBytes = 64 * 1024;
}

FileOutput::FileOutput(const std::string& path, Access access)
    : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)) {
  if (!fd_) error_ = AVERROR(errno);
  auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
  io_ = buffer ? avio_alloc_context(buffer, kBufferBytes, 1, this, nullptr, write,
                                    access == Access::anywhere ? seek : nullptr)
               : nullptr;
  if (io_) return;
  av_free(buffer);
  throw std::bad_alloc();
}

FileOutput::~FileOutput() {
  av_freep(&io_->buffer);
  avio_context_free(&io_);
}

int FileOutput::sync() {
  avio_flush(io_);
  // A pipe or a device has nothing to sync.
  if (!error_ && ::fdatasync(fd_.get()) < 0 && errno != EINVAL && errno != EROFS)
    error_ = AVERROR(errno);
  return error_;
}

void FileOutput::cut(std::uint64_t size) {
  // Whatever comes of it: a torn end is what recovery expects, too.
  if (fd_ && ::ftruncate(fd_.get(), static_cast<off_t>(size)) == 0) bytes_ = size;
}

int FileOutput::write(void* self, std::uint8_t* bytes, int size) {
  auto& file = *static_cast<FileOutput*>(self);
  int done = 0;
  while (!file.error_ && done < size) {
    const ssize_t n = ::write(file.fd_.get(), bytes + done, static_cast<std::size_t>(size - done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      file.error_ = AVERROR(errno);
    } else {
      done += static_cast<int>(n);
      file.at_ += static_cast<std::uint64_t>(n);
      file.bytes_ = std::max(file.bytes_, file.at_);
    }
  }
  return file.error_ ? file.error_ : size;
}

std::int64_t FileOutput::seek(void* self, std::int64_t to, int whence) {
  auto& file = *static_cast<FileOutput*>(self);
  if (whence & AVSEEK_SIZE) return static_cast<std::int64_t>(file.bytes_);
  const off_t at = ::lseek(file.fd_.get(), to, whence & ~AVSEEK_FORCE);
  if (at < 0) return AVERROR(errno);
  file.at_ = static_cast<std::uint64_t>(at);
  return at;
}

}  // namespace plenum::egress
