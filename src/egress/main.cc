// plenum-egress: composes one room, or copies what one participant sends. Started by `plenum serve`
// with two connected SOCK_SEQPACKET sockets: file descriptor 3 for control (proto/egress.proto), 4
// for media. Ends after Stop, SIGTERM or when the control peer is gone, files being final.
// `plenum-egress recover PATH` makes a recording final, or an HLS folder, that a killed worker has
// left; `plenum-egress compose` makes a recording of files that were written without composition.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "egress/compose_command.h"
#include "egress/control_words.h"
#include "egress/finalise.h"
#include "egress/hls_sink.h"
#include "egress/job.h"
#include "egress/job_folders.h"
#include "egress/sandbox.h"
#include "io/clock.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

constexpr int kControlFd = 3, kMediaFd = 4;
constexpr std::size_t kLargestDatagram = 1024 * 1024;
/// Datagrams read before time is looked at again.
constexpr int kBurst = 256;
constexpr int kNice = 5;

/// Composition never takes from calls what they need. What is refused matters little.
void be_modest() {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  errno = 0;
  if (nice(kNice) == -1 && errno) std::fputs("plenum-egress: cannot lower its priority\n", stderr);
  if (FILE* f = std::fopen("/proc/self/oom_score_adj", "w")) {
    std::fputs("500", f);
    std::fclose(f);
  }
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  umask(027);
  signal(SIGPIPE, SIG_IGN);
}

/// SIGTERM as something to read; of the whole process, so before there are threads.
io::Fd termination_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return io::Fd(io::checked(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
}

bool needs_network(const pb::Start& start) {
  return start.network() ||
         std::ranges::any_of(start.outputs(), [](const pb::Output& o) { return o.has_rtmp(); });
}

class Program {
 public:
  int run() {
    while (!worker_.finished()) {
      send_messages();
      wait();
      // Controls first: they tell whose the media is.
      if (read(kControlFd)) worker_.stop(io::now());
      if (is_media_open_ && read(kMediaFd)) is_media_open_ = false;
      drain_events();
      worker_.handle_timeout(io::now());
    }
    send_messages();
    return 0;
  }

 private:
  void wait() {
    std::array<pollfd, 4> fds{{{is_control_open_ ? kControlFd : -1, POLLIN, 0},
                               {is_media_open_ ? kMediaFd : -1, POLLIN, 0},
                               {wake_.get(), POLLIN, 0},
                               {signals_.get(), POLLIN, 0}}};
    const TimePoint next = worker_.next_timeout(), now = io::now();
    timespec time{};
    if (next != kNever) {
      const auto us = std::max<Duration::rep>(0, (next - now).count());
      time = {.tv_sec = us / 1'000'000, .tv_nsec = us % 1'000'000 * 1000};
    }
    ::ppoll(fds.data(), fds.size(), next == kNever ? nullptr : &time, nullptr);
  }

  /// Reads what is there. True: the peer is gone.
  bool read(int fd) {
    bool& is_open = fd == kControlFd ? is_control_open_ : is_media_open_;
    for (int i = 0; is_open && i < kBurst; ++i) {
      const ssize_t n = ::recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
      if (n <= 0) {
        is_open = false;
        return true;
      }
      const Bytes datagram(buffer_.data(), static_cast<std::size_t>(n));
      if (fd == kControlFd)
        worker_.handle_control(datagram, io::now());
      else
        worker_.handle_media(datagram, io::now());
    }
    return false;
  }

  void drain_events() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t woken = ::read(wake_.get(), &count, sizeof count);
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) > 0) worker_.stop(io::now());
  }

  void send_messages() {
    while (const auto message = worker_.poll_message()) {
      if (!is_control_open_) continue;
      // Blocks while the server is slow; it reads at once unless it is gone.
      if (::send(kControlFd, message->data(), message->size(), MSG_NOSIGNAL) < 0 && errno != EINTR)
        std::fputs("plenum-egress: cannot reach the server\n", stderr);
    }
  }

  void prepare(const pb::Start& start) {
    const SandboxOptions sandbox{.folders = make_job_folders(start),
                                 .network = needs_network(start)};
    for (const std::string& folder : sandbox.folders) held_.push_back(hold_folder(folder));
    enter_sandbox(sandbox);
  }

  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = ::write(wake_.get(), &one, sizeof one);
  }

  const io::Fd wake_{io::checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")};
  const io::Fd signals_ = termination_signal();
  bool is_control_open_ = true, is_media_open_ = true;
  /// Until the process ends: a server that is started meanwhile waits for it.
  std::vector<io::Fd> held_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(kLargestDatagram);
  Job worker_{io::unix_ms() * 1ms - io::now().time_since_epoch(),
              [this] { wake(); },
              {.prepare = [this](const pb::Start& start) { prepare(start); }}};
};

bool is_seqpacket(int fd) {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

int recover_file(const char* argument) {
  const auto path = std::filesystem::absolute(argument);
  std::error_code ignored;  // what opens it will tell
  const bool is_stream = std::filesystem::is_directory(path, ignored);
  const std::string folder = (is_stream ? path : path.parent_path()).string();
  const io::Fd held = hold_folder(folder);
  // What a worker has left may be what an intruder in it has written.
  enter_sandbox({.folders = {folder}});
  const auto file = is_stream ? recover_stream(path.string()) : recover(path.string());
  if (!file) {
    std::fprintf(stderr, "plenum-egress: %s\n", file.error().c_str());
    return 1;
  }
  std::printf("%lld %llu\n", static_cast<long long>(file->duration / 1ms),
              static_cast<unsigned long long>(file->bytes));
  return 0;
}

int run(int argc, char** argv) {
  if (argc >= 2 && std::string_view(argv[1]) == "compose")
    return compose_command(std::vector<std::string>(argv + 2, argv + argc));
  be_modest();
  if (argc == 3 && std::string_view(argv[1]) == "recover") return recover_file(argv[2]);
  if (argc != 1 || !is_seqpacket(kControlFd) || !is_seqpacket(kMediaFd)) {
    std::fputs(
        "plenum-egress is started by `plenum serve`.\n"
        "By hand: plenum-egress recover PATH makes a recording whole that a crash has left,\n"
        "or the folder of an HLS stream.\n"
        "It prints duration in milliseconds and size in bytes.\n",
        stderr);
    return 2;
  }
  for (const int fd : {kControlFd, kMediaFd}) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return Program().run();
}

}  // namespace
}  // namespace plenum::egress

int main(int argc, char** argv) {
  try {
    return plenum::egress::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "plenum-egress: %s\n", e.what());
    return 1;
  }
}
