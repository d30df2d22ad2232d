#include "server/media_secret.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/crypto.h"
#include "server/egress_uploads.h"

namespace plenum::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSecretLength = 43;  // of 32 bytes, in base64url

std::string new_secret() {
  std::array<std::byte, 32> bytes{};
  crypto::random_bytes(bytes);
  return crypto::base64url(bytes);
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Whole or not at all, and for nobody else to read.
void keep(const fs::path& path, const std::string& secret) {
  const std::string unfinished = path.string() + ".new";
  const int fd = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, secret.data(), secret.size()) == static_cast<::ssize_t>(secret.size());
  const bool synced = written && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!synced) throw std::runtime_error("cannot write " + unfinished);
  fs::rename(unfinished, path);
}

}  // namespace

videosdk_api::MediaLinks media_links(const Config& config) {
  videosdk_api::MediaLinks out;
  out.object_url = object_links(config);
  out.base = config.public_url.empty() ? "http://localhost:" + std::to_string(config.http_port)
                                       : config.public_url;
  out.secret = new_secret();
  if (config.data_dir.empty()) return out;
  fs::create_directories(config.data_dir);
  const fs::path path = fs::path(config.data_dir) / "media.secret";
  if (!fs::exists(path)) {
    keep(path, out.secret);
    return out;
  }
  out.secret = read(path);
  if (out.secret.size() != kSecretLength)
    throw std::runtime_error(path.string() +
                             " does not hold a secret: remove it, and links to "
                             "recordings that were given out end");
  return out;
}

}  // namespace plenum::server
