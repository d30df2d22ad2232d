#include "server/egress_recovery.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <utility>

#include "base/log.h"
#include "io/fd.h"
#include "server/child_process.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;
using control::EgressJobs;

/// A copy of the file, at the disk's speed.
constexpr auto kPatience = std::chrono::minutes(10);
constexpr auto kReap = std::chrono::milliseconds(20);

class Recovery : public std::enable_shared_from_this<Recovery> {
 public:
  using Done = std::function<void(std::optional<EgressJobs::Recovered>)>;

  Recovery(asio::io_context& io, std::string path, Done done)
      : path_(std::move(path)), done_(std::move(done)), output_(io), timer_(io) {}

  void begin(const EgressProgram& program) {
    std::array<int, 2> ends{};
    io::checked(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
    output_.assign(ends[0]);
    const io::Fd theirs(ends[1]);
    pid_ = spawn_child(program.executable, {"recover", (program.data_dir / path_).string()},
                       {{theirs.get(), STDOUT_FILENO}});
    timer_.expires_after(kPatience);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
      if (!ec) ::kill(self->pid_, SIGKILL);
    });
    asio::async_read(output_, asio::buffer(said_.data(), said_.size() - 1),
                     [self = shared_from_this()](const auto&, std::size_t) { self->reap(); });
  }

 private:
  void reap() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) {
      timer_.expires_after(kReap);
      return timer_.async_wait([self = shared_from_this()](const auto&) { self->reap(); });
    }
    timer_.cancel();
    EgressJobs::Recovered file;
    unsigned long long duration = 0, bytes = 0;
    const bool ok = WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
                    std::sscanf(said_.data(), "%llu %llu", &duration, &bytes) == 2;
    if (!ok) log::error("{} could not be recovered", path_);
    file.duration_ms = duration;
    file.bytes = bytes;
    done_(ok ? std::optional(file) : std::nullopt);
  }

  const std::string path_;
  const Done done_;
  asio::posix::stream_descriptor output_;
  asio::steady_timer timer_;
  pid_t pid_ = -1;
  /// Two numbers; ends with a zero.
  std::array<char, 128> said_{};
};

}  // namespace

void recover_recording(asio::io_context& io, const EgressProgram& program, const std::string& path,
                       Recovery::Done done) {
  try {
    std::make_shared<Recovery>(io, path, done)->begin(program);
  } catch (const std::exception& e) {
    log::error("{} cannot be recovered: {}", path, e.what());
    asio::post(io, [done = std::move(done)] { done(std::nullopt); });
  }
}

}  // namespace plenum::server
