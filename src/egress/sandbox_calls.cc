#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <stdexcept>

#include "egress/sandbox.h"

namespace plenum::egress {
namespace {

// Names, not numbers: architectures differ in what they have.
constexpr const char* kAllowed[] = {
    // Files, within what Landlock lets through.
    "open", "openat", "close", "read", "write", "readv", "writev", "pread64", "pwrite64", "lseek",
    "fstat", "stat", "lstat", "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat",
    "faccessat2", "readlink", "readlinkat", "getdents64", "getcwd", "ftruncate", "fallocate",
    "fsync", "fdatasync", "sync_file_range", "fadvise64", "rename", "renameat", "renameat2",
    "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "fcntl", "dup", "flock", "umask",
    // Memory; what may become code is below.
    "munmap", "mremap", "brk", "madvise", "membarrier", "mincore",
    // Threads and time.
    "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "exit", "exit_group",
    "gettid", "getpid", "getppid", "sched_yield", "sched_getaffinity", "sched_getparam",
    "sched_getscheduler", "sched_get_priority_max", "sched_get_priority_min", "getpriority",
    "getcpu", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday",
    "time", "times", "getrusage", "getrlimit", "sysinfo", "uname", "restart_syscall", "getrandom",
    "getuid", "geteuid", "getgid", "getegid", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "rt_sigtimedwait", "sigaltstack", "poll", "ppoll", "select", "pselect6", "eventfd2", "pipe2",
    // The sockets that it was started with. Without socket() there are no others.
    "recvfrom", "sendto", "getsockopt", "getsockname", "getpeername", "shutdown"};

constexpr const char* kOfNetwork[] = {"connect",  "recvmsg",  "sendmsg",
                                      "sendmmsg", "recvmmsg", "setsockopt"};

/// Nothing that libraries try on the off chance: who calls one of these is somebody else.
constexpr const char* kDeadly[] = {"execve",
                                   "execveat",
                                   "ptrace",
                                   "process_vm_readv",
                                   "process_vm_writev",
                                   "mount",
                                   "umount2",
                                   "pivot_root",
                                   "chroot",
                                   "move_mount",
                                   "open_tree",
                                   "fsopen",
                                   "fsmount",
                                   "unshare",
                                   "setns",
                                   "bpf",
                                   "perf_event_open",
                                   "userfaultfd",
                                   "keyctl",
                                   "add_key",
                                   "request_key",
                                   "io_uring_setup",
                                   "io_uring_enter",
                                   "io_uring_register",
                                   "init_module",
                                   "finit_module",
                                   "delete_module",
                                   "kexec_load",
                                   "kexec_file_load",
                                   "reboot",
                                   "swapon",
                                   "swapoff",
                                   "open_by_handle_at",
                                   "pidfd_getfd"};

/// A seccomp filter that is being put together.
class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM))) {
    if (!context_) throw std::runtime_error("no memory for the system call filter");
  }

  /// Conditions on one call hold all together; a call that one rule allows is allowed.
  void rule(std::uint32_t action, const char* name,
            std::initializer_list<scmp_arg_cmp> conditions = {}) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;  // this architecture has no such call
    check(seccomp_rule_add_array(context_.get(), action, number,
                                 static_cast<unsigned>(conditions.size()), conditions.begin()));
  }
  void allow(const char* name, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    rule(SCMP_ACT_ALLOW, name, conditions);
  }
  void load() { check(seccomp_load(context_.get())); }

 private:
  struct Release {
    void operator()(void* context) const { seccomp_release(context); }
  };
  static void check(int code) {
    if (code < 0)
      throw std::runtime_error(std::string("cannot filter system calls: ") + std::strerror(-code));
  }

  std::unique_ptr<void, Release> context_;
};

scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}
/// Of the bits in `mask` exactly those in `value`.
scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

void allow_memory(Filter& filter) {
  // Code comes from files (libraries that are loaded late), never from what was written.
  filter.allow("mmap", {masked(2, PROT_EXEC, 0)});
  filter.allow("mmap", {masked(2, PROT_WRITE | PROT_EXEC, PROT_EXEC), masked(3, MAP_ANONYMOUS, 0)});
  filter.allow("mprotect", {masked(2, PROT_EXEC, 0)});
}

void allow_threads(Filter& filter) {
  constexpr std::uint64_t kThread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
  constexpr std::uint64_t kSpaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  filter.allow("clone", {masked(0, kThread | kSpaces, kThread)});
  // Its flags lie in memory, where no filter sees them; the C library falls back to clone.
  filter.rule(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  filter.allow("prctl", {equals(0, PR_SET_NAME)});
  filter.allow("prctl", {equals(0, PR_GET_NAME)});
  // To itself, as abort() does.
  filter.allow("tgkill", {equals(0, static_cast<std::uint64_t>(::getpid()))});
  filter.allow("prlimit64", {equals(2, 0)});  // only asks
}

void allow_network(Filter& filter) {
  for (const char* name : kOfNetwork) filter.allow(name);
  constexpr std::uint64_t kKind = 0xf;  // the rest are flags
  for (const std::uint64_t family : {AF_INET, AF_INET6})
    for (const std::uint64_t kind : {SOCK_STREAM, SOCK_DGRAM})
      filter.allow("socket", {equals(0, family), masked(1, kKind, kind)});
}

}  // namespace

void restrict_system_calls(bool network) {
  Filter filter;
  for (const char* name : kAllowed) filter.allow(name);
  allow_memory(filter);
  allow_threads(filter);
  for (const int request : {FIONREAD, FIONBIO, TCGETS})
    filter.allow("ioctl", {equals(1, static_cast<std::uint64_t>(request))});
  if (network) allow_network(filter);
  for (const char* name : kDeadly) filter.rule(SCMP_ACT_KILL_PROCESS, name);
  filter.load();
}

}  // namespace plenum::egress
