#include "egress/manifest_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "io/fd.h"

namespace plenum::egress {
namespace {

std::string system_error(const std::string& what) { return what + ": " + std::strerror(errno); }

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// So that the new name outlives a power cut. Without it the old one may come back: no harm.
void sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const io::Fd fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

}  // namespace

Result<Manifest, std::string> read_manifest(const std::string& path) {
  const io::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return Err{system_error("cannot open the manifest")};
  // One byte more than is allowed: parse_manifest() finds it too large then.
  std::string text(Manifest::kMaxBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t n = ::read(fd.get(), text.data() + size, text.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Err{system_error("cannot read the manifest")};
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  return parse_manifest(std::string_view(text).substr(0, size));
}

Status<std::string> write_manifest(const std::string& path, const Manifest& manifest) {
  const std::string temporary = path + ".new";
  {
    const io::Fd fd(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!fd) return Err{system_error("cannot write the manifest")};
    if (!write_all(fd.get(), to_json(manifest)) || ::fsync(fd.get()) < 0) {
      const std::string error = system_error("cannot write the manifest");
      ::unlink(temporary.c_str());
      return Err{error};
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) < 0)
    return Err{system_error("cannot write the manifest")};
  sync_folder_of(path);
  return Ok{};
}

}  // namespace plenum::egress
