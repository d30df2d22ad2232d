#include "server/child_process.h"

#include <fcntl.h>
#include <spawn.h>

#include <cstdlib>
#include <system_error>

#include "io/fd.h"

namespace plenum::server {
namespace {

std::vector<std::string> environment() {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR"})
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// Out of the way of the numbers that the program expects.
io::Fd high(int fd) { return io::Fd(io::checked(fcntl(fd, F_DUPFD_CLOEXEC, 10), "F_DUPFD")); }

}  // namespace

pid_t spawn_child(const std::filesystem::path& executable,
                  const std::vector<std::string>& arguments, const std::vector<GivenFd>& given) {
  std::vector<io::Fd> highs;
  for (const GivenFd& fd : given) highs.push_back(high(fd.ours));
  std::vector<std::string> texts{executable.filename().string()};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (std::size_t i = 0; i < given.size(); ++i)
    posix_spawn_file_actions_adddup2(&actions, highs[i].get(), given[i].theirs);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, executable.c_str(), &actions, nullptr, pointers(texts).data(),
                                pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error) throw std::system_error(error, std::generic_category(), executable.string());
  return pid;
}

}  // namespace plenum::server
