#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/time.h"

namespace plenum::egress {

/// Bytes that may still be written to the file system of a folder; nullopt when it does not tell.
using FreeBytes = std::function<std::optional<std::uint64_t>(const std::string& folder)>;
std::optional<std::uint64_t> free_bytes(const std::string& folder);

/// Keeps recordings from filling a disk that others need. For one thread.
class DiskGuard {
 public:
  static constexpr std::uint64_t kDefaultMinFree = std::uint64_t{2} << 30;
  /// `min_free` bytes for an output to begin, 0 = kDefaultMinFree; a quarter of that to go on.
  DiskGuard(std::string folder, std::uint64_t min_free, FreeBytes ask);

  /// Why nothing may begin now: a sentence. A disk that does not tell is no reason.
  std::optional<std::string> refusal() const;
  /// Whether what is being written has to end. Asks the disk once a second.
  bool is_almost_full(TimePoint now);
  /// What stays free.
  std::uint64_t reserve() const { return min_free_ / 4; }

 private:
  static constexpr Duration kInterval = 1s;

  const std::string folder_;
  const std::uint64_t min_free_;
  const FreeBytes ask_;
  TimePoint next_{};
};

}  // namespace plenum::egress
