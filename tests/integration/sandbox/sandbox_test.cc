#include "egress/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "egress/film.h"
#include "egress/job_folders.h"
#include "egress/recording_fixture.h"
#include "egress/room_fixture.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

using testing::FilmReader;
using testing::kStart;
using testing::TestRoom;

/// What became of a child process: its exit code, or 1000 and the signal that ended it.
int in_child(const std::function<int()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    int code = 99;
    try {
      code = body();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "child: %s\n", e.what());
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

int open_error(const std::string& path, int flags) {
  const io::Fd fd(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  return fd ? 0 : errno;
}

bool has_landlock() { return ::syscall(444, nullptr, 0, 1) > 0; }

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_sandbox()) GTEST_SKIP() << "a build with a sanitizer has no sandbox";
  }
  const TemporaryFolder own_, other_;
};

TEST_F(SandboxTest, writes_in_its_own_folder_and_reads_only_what_programs_need) {
  if (!has_landlock()) GTEST_SKIP() << "no Landlock in this kernel";
  std::ofstream(other_.file("secret")) << "of another job";

  EXPECT_EQ(in_child([&] {
              enter_sandbox({.folders = {own_.file("")}});
              if (open_error(own_.file("rec.mp4"), O_RDWR | O_CREAT)) return 1;
              if (::rename(own_.file("rec.mp4").c_str(), own_.file("new.mp4").c_str())) return 2;
              if (::unlink(own_.file("new.mp4").c_str())) return 3;
              if (open_error(other_.file("secret"), O_RDONLY) != EACCES) return 4;
              if (open_error(other_.file("secret"), O_WRONLY) != EACCES) return 5;
              if (open_error(other_.file("new"), O_WRONLY | O_CREAT) != EACCES) return 6;
              if (::unlink(other_.file("secret").c_str()) != -1) return 7;
              if (open_error("/etc/passwd", O_RDONLY) != EACCES) return 8;
              if (open_error("/etc/ld.so.cache", O_RDONLY)) return 9;
              if (open_error("/usr/share/fonts", O_RDONLY | O_DIRECTORY)) return 10;
              return 0;
            }),
            0);
}

TEST_F(SandboxTest, opens_the_folder_of_its_own_job_and_no_neighbour) {
  if (!has_landlock()) GTEST_SKIP() << "no Landlock in this kernel";
  const auto job = [&](const std::string& id) {
    pb::Start start;
    start.set_directory(own_.file("recordings/" + id));
    start.add_outputs()->set_mp4(id + ".mp4");
    start.add_outputs()->set_hls(id);
    start.mutable_outputs(1)->set_directory(own_.file("hls"));
    return start;
  };
  const auto neighbours = make_job_folders(job("b"));
  for (const std::string& folder : neighbours) std::ofstream(folder + "/b.mp4") << "film";

  EXPECT_EQ(in_child([&] {
              const auto folders = make_job_folders(job("a"));
              enter_sandbox({.folders = folders});
              if (folders.size() != 2) return 1;
              for (const std::string& folder : folders)
                if (open_error(folder + "/a.mp4", O_RDWR | O_CREAT)) return 2;
              for (const std::string& folder : neighbours) {
                const std::string film = folder + "/b.mp4";
                if (open_error(film, O_RDONLY) != EACCES) return 3;
                if (open_error(film, O_WRONLY | O_TRUNC) != EACCES) return 4;
                if (::unlink(film.c_str()) != -1) return 5;
                if (::rename(film.c_str(), (folders[0] + "/x").c_str()) != -1) return 6;
                if (open_error(folder, O_RDONLY | O_DIRECTORY) != EACCES) return 7;
              }
              if (open_error(own_.file("recordings"), O_RDONLY | O_DIRECTORY) != EACCES) return 8;
              return 0;
            }),
            0);
  for (const std::string& folder : neighbours)
    EXPECT_EQ(std::filesystem::file_size(folder + "/b.mp4"), 4u);
}

TEST_F(SandboxTest, only_reads_what_is_there_to_be_read) {
  if (!has_landlock()) GTEST_SKIP() << "no Landlock in this kernel";
  std::ofstream(other_.file("film")) << "to be composed";

  EXPECT_EQ(in_child([&] {
              enter_sandbox({.folders = {own_.file("")}, .readable = {other_.file("")}});
              if (open_error(other_.file("film"), O_RDONLY)) return 1;
              if (open_error(other_.file("film"), O_WRONLY) != EACCES) return 2;
              return ::unlink(other_.file("film").c_str()) == -1 ? 0 : 3;
            }),
            0);
}

TEST_F(SandboxTest, starts_no_program_and_looks_into_no_other_process) {
  const auto deadly = [&](const std::function<void()>& call) {
    return in_child([&] {
      enter_sandbox({});
      call();
      return 0;
    });
  };

  EXPECT_EQ(deadly([] { ::execl("/bin/true", "true", nullptr); }), 1000 + SIGSYS);
  EXPECT_EQ(deadly([] { ::ptrace(PTRACE_ATTACH, 1, nullptr, nullptr); }), 1000 + SIGSYS);
  EXPECT_EQ(deadly([] { ::syscall(SYS_unshare, 0x10000000); }), 1000 + SIGSYS);
  EXPECT_EQ(deadly([] { ::syscall(425, 1, nullptr); }), 1000 + SIGSYS);  // io_uring_setup
}

TEST_F(SandboxTest, has_neither_children_nor_code_that_it_wrote_itself) {
  EXPECT_EQ(in_child([] {
              enter_sandbox({});
              const pid_t child = ::fork();
              if (child == 0) ::_exit(0);
              if (child > 0 || errno != EPERM) return 1;
              if (::kill(::getppid(), 0) != -1 || errno != EPERM) return 2;
              constexpr int kAnonymous = MAP_PRIVATE | MAP_ANONYMOUS;
              if (::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, kAnonymous, -1, 0) != MAP_FAILED)
                return 3;
              void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, kAnonymous, -1, 0);
              if (page == MAP_FAILED) return 4;
              if (::mprotect(page, 4096, PROT_READ | PROT_EXEC) != -1) return 5;
              return 0;
            }),
            0);
}

TEST_F(SandboxTest, has_sockets_only_with_the_network_and_none_of_the_machine) {
  const auto socket_error = [](int family, int type) {
    const io::Fd fd(::socket(family, type | SOCK_CLOEXEC, 0));
    return fd ? 0 : errno;
  };

  EXPECT_EQ(in_child([&] {
              enter_sandbox({});
              return socket_error(AF_INET, SOCK_STREAM);
            }),
            EPERM);
  EXPECT_EQ(in_child([&] {
              enter_sandbox({.network = true});
              for (const int family : {AF_INET, AF_INET6})
                for (const int type : {int{SOCK_STREAM}, SOCK_DGRAM | SOCK_NONBLOCK})
                  if (const int e = socket_error(family, type); e && e != EAFNOSUPPORT) return 1;
              if (socket_error(AF_UNIX, SOCK_STREAM) != EPERM) return 2;
              if (socket_error(AF_NETLINK, SOCK_RAW) != EPERM) return 3;
              if (socket_error(AF_INET, SOCK_RAW) != EPERM) return 4;
              addrinfo* found = nullptr;
              return ::getaddrinfo("localhost", "1935", nullptr, &found) ? 5 : 0;
            }),
            0);
}

TEST_F(SandboxTest, lets_a_whole_job_work) {
  EXPECT_EQ(in_child([&] {
              enter_sandbox({.folders = {own_.file("")}});
              TestRoom room(own_.file(""));
              room.start("high");  // for which x264 starts threads
              room.join("ann", 1, {.y = 90, .u = 100, .v = 210}, 440);
              room.run_until(kStart + 1s);
              room.join("\u0645\u0631\u064a\u0645", 2, {.y = 70, .u = 210, .v = 110}, 880);
              room.run_until(kStart + 2s);
              room.stop();
              if (!room.finished || !room.finished->error().empty()) return 1;
              return room.finished->outputs(0).state() == pb::OutputStatus::ENDED ? 0 : 2;
            }),
            0);

  const testing::Film film = FilmReader(own_.file("rec.mp4"), {}).read();
  EXPECT_EQ(film.times.size(), 60u);
  EXPECT_NEAR(double(film.left.size()) / kAudioRate, 2, 0.05);
}

TEST_F(SandboxTest, ends_a_job_that_wants_too_much_memory_with_a_file_that_plays) {
  EXPECT_EQ(in_child([&] {
              TestRoom room(own_.file(""));
              room.start("high");
              room.join("ann", 1, {.y = 90, .u = 100, .v = 210}, 440);
              room.run_until(kStart + 2s);
              pb::ToWorker crowd;
              for (int i = 0; i < 400'000; ++i)
                crowd.mutable_room()->add_members()->set_name(std::string(300, 'x'));
              const std::string bytes = crowd.SerializeAsString();
              rlimit limit{};
              limit.rlim_cur = limit.rlim_max = 512 << 20;
              if (::setrlimit(RLIMIT_DATA, &limit) < 0) return 1;
              // What is in use already counts: the message fits once, not twice.
              room.worker.handle_control(std::as_bytes(std::span(bytes)), room.now);
              room.stop();
              return room.finished && room.finished->error() == "out of memory" ? 0 : 2;
            }),
            0);

  EXPECT_GT(FilmReader(own_.file("rec.mp4"), {}).read().times.size(), 30u);
}

}  // namespace
}  // namespace plenum::egress
