#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace plenum::server {

/// A descriptor of ours, and its number in the new process.
struct GivenFd {
  int ours, theirs;
};

/// Starts a program of this build with the few variables of our environment that it needs, which
/// are not our settings: those hold secrets. Throws std::system_error.
pid_t spawn_child(const std::filesystem::path& executable,
                  const std::vector<std::string>& arguments, const std::vector<GivenFd>& given);

}  // namespace plenum::server
