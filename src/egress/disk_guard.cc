#include "egress/disk_guard.h"

#include <sys/statvfs.h>

#include <utility>

namespace plenum::egress {

std::optional<std::uint64_t> free_bytes(const std::string& folder) {
  struct statvfs s {};
  if (::statvfs(folder.c_str(), &s) < 0) return std::nullopt;
  return std::uint64_t{s.f_bavail} * s.f_frsize;
}

DiskGuard::DiskGuard(std::string folder, std::uint64_t min_free, FreeBytes ask)
    : folder_(std::move(folder)),
      min_free_(min_free > 0 ? min_free : kDefaultMinFree),
      ask_(ask ? std::move(ask) : FreeBytes(free_bytes)) {}

std::optional<std::string> DiskGuard::refusal() const {
  const auto free = ask_(folder_);
  if (!free || *free >= min_free_) return std::nullopt;
  return "the disk is almost full: " + std::to_string(*free >> 20) + " MiB free, " +
         std::to_string(min_free_ >> 20) + " MiB needed to begin";
}

bool DiskGuard::is_almost_full(TimePoint now) {
  if (now < next_) return false;
  next_ = now + kInterval;
  const auto free = ask_(folder_);
  return free && *free < reserve();
}

}  // namespace plenum::egress
