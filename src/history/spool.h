#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "history/record.h"

namespace plenum::history {

/// Records on disk, in order, while the store takes none. What append() has kept is synced and
/// survives the process and the machine; the file is cut to nothing once all of it was dropped. For
/// one thread at a time; the file is locked against other processes.
class Spool {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

  /// From the front of what waits.
  struct Chunk {
    std::vector<Record> records;
    /// That could not be read and go with the others.
    std::uint64_t unreadable = 0;
    std::size_t bytes = 0;
    /// At the end of the file, and part of `bytes`: no whole frame, as a power cut or damage leaves
    /// it. Nothing behind that is believed.
    std::size_t rest_bytes = 0;
  };

  /// Opens the file, or makes it. Throws std::runtime_error.
  explicit Spool(std::filesystem::path path, std::size_t max_bytes = kMaxBytes);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  bool empty() const { return at_ >= size_; }
  /// Of the file.
  std::size_t bytes() const { return size_; }
  /// Appended by this process and not dropped yet.
  std::size_t waiting() const { return waiting_; }
  /// Whose records wait; "" in a new file.
  const std::string& run() const { return run_; }

  /// A sign of life that costs no sync: the file's time is now.
  void touch();
  /// When the file was last written or touched before it was opened; milliseconds since 1970.
  std::int64_t touched_ms() const { return touched_ms_; }

  Chunk front(std::size_t max_records) const;
  /// Whether nothing waits behind the chunk.
  bool holds_only(const Chunk& chunk) const { return at_ + chunk.bytes >= size_; }
  /// The chunk that front() gave last is in the store. A file with an unreadable rest is kept
  /// beside this one, for whoever wants to look.
  void drop(const Chunk& chunk);

  /// Keeps the first of the records, as many as there is room for, and answers how many. All that
  /// wait have to be of the same run.
  std::size_t append(std::span<const Record> records, const std::string& run);
  /// Why the last append() kept less than it was given; "" = it did not.
  const std::string& refusal() const { return refusal_; }

  /// Cuts the file. Throws std::runtime_error.
  void clear();

 private:
  void open();
  void read_header();
  std::vector<std::byte> read(std::size_t at, std::size_t bytes) const;
  bool write(const std::vector<std::byte>& bytes);
  void set_aside(const std::string& why);

  const std::filesystem::path path_;
  const std::size_t max_bytes_;
  int file_ = -1;
  std::string run_, refusal_;
  /// Up to where the file was dropped and written.
  std::size_t at_ = 0, size_ = 0, waiting_ = 0;
  std::int64_t touched_ms_ = 0;
};

}  // namespace plenum::history
