#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "egress/manifest.h"

namespace plenum::egress {

/// Does on a thread of its own what waits for the disk: makes closed files final and writes the
/// manifest. All functions are for one thread, and return at once.
class FileKeeper {
 public:
  enum class Ending : std::uint8_t {
    /// It is as it shall be, and only has to reach the disk.
    sync,
    /// A fragmented MP4: finalise().
    finalise,
    /// The same, of which the end is torn: recover().
    recover,
  };
  struct Kept {
    std::size_t id = 0;
    /// Unset: as it was.
    std::optional<std::uint64_t> bytes{};
    /// Why it is not final, if it is not; it can be played all the same.
    std::string error{};
  };

  /// `wake` is called on any thread when something was done; must not block.
  FileKeeper(std::string manifest_path, std::function<void()> wake);
  /// Does what is left.
  ~FileKeeper() = default;
  FileKeeper(const FileKeeper&) = delete;
  FileKeeper& operator=(const FileKeeper&) = delete;

  void keep(std::size_t id, std::string path, Ending how);
  /// Of several that wait only the newest is written, and after all files that wait.
  void write(Manifest manifest);

  std::vector<Kept> take_kept();
  /// Nothing is left to do, or to take.
  bool idle() const;
  /// Why the last manifest could not be written; empty if it could.
  std::string manifest_error() const;

 private:
  struct Closed {
    std::size_t id = 0;
    std::string path{};
    Ending how{};
  };

  void run(const std::stop_token& stop);
  static Kept end(const Closed& file);

  const std::string manifest_path_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;  // of all below
  std::condition_variable_any changed_;
  std::deque<Closed> closed_;
  std::optional<Manifest> manifest_;
  std::vector<Kept> kept_;
  bool busy_ = false;
  std::string manifest_error_;
  std::jthread thread_;  // last: joined before what it uses goes
};

}  // namespace plenum::egress
