#include "egress/job_folders.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "egress/plain_name.h"

namespace plenum::egress {

std::vector<std::string> make_job_folders(const pb::Start& start) {
  std::vector<std::string> folders;
  if (start.has_copy()) folders.push_back(start.directory());
  for (const pb::Output& output : start.outputs()) {
    const std::string& directory =
        output.directory().empty() ? start.directory() : output.directory();
    if (output.has_rtmp()) continue;
    if (!output.has_hls())
      folders.push_back(directory);
    else if (is_plain_name(output.hls()))
      folders.push_back((std::filesystem::path(directory) / output.hls()).string());
  }
  std::ranges::sort(folders);
  folders.erase(std::ranges::unique(folders).begin(), folders.end());
  for (const std::string& folder : folders) {
    std::error_code ignored;  // the output will tell
    std::filesystem::create_directories(folder, ignored);
  }
  return folders;
}

io::Fd hold_folder(const std::string& folder) {
  io::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Where a file system has no locks, work goes on without.
  while (fd && ::flock(fd.get(), LOCK_SH) < 0 && errno == EINTR) continue;
  return fd;
}

}  // namespace plenum::egress
