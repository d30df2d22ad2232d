#pragma once
#include <cstdint>
#include <string>

#include "egress/ffmpeg.h"
#include "io/fd.h"

namespace plenum::egress {

/// A new file that libavformat writes to. Keeps the first error, which muxers are prone to
/// overlook, and writes nothing more after it. For one thread.
class FileOutput {
 public:
  enum class Access : std::uint8_t {
    front_to_back,
    /// The muxer may go back and complete what it wrote.
    anywhere,
  };
  /// Makes the file, or empties it; error() says whether that worked.
  explicit FileOutput(const std::string& path, Access access = Access::front_to_back);
  ~FileOutput();
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;

  AVIOContext* io() { return io_; }
  /// 0 or AVERROR(errno).
  int error() const { return error_; }
  /// How large the file is.
  std::uint64_t bytes() const { return bytes_; }
  /// Brings the file to the disk; answers error().
  int sync();
  /// Cuts off what stands behind; for a file that has failed.
  void cut(std::uint64_t size);

 private:
  static int write(void* self, std::uint8_t* bytes, int size);
  static std::int64_t seek(void* self, std::int64_t to, int whence);

  io::Fd fd_;
  AVIOContext* io_ = nullptr;
  int error_ = 0;
  std::uint64_t at_ = 0, bytes_ = 0;
};

}  // namespace plenum::egress
