#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace plenum::egress {

/// What a worker may still do once it knows its job and before it decodes a stranger's bytes.
struct SandboxOptions {
  /// Folders whose files it makes, writes, moves and removes; absolute, and there. Beside them it
  /// may only read: fonts, libraries, certificates, what resolving names needs, its own /proc.
  std::vector<std::string> folders{};
  /// Folders whose files it reads besides; absolute.
  std::vector<std::string> readable{};
  /// Connections over TCP and UDP, to anywhere. Never a socket of the machine itself.
  bool network = false;
  /// Data of the process: heap, stacks of threads. 25 cameras of 720p in VP8 on a canvas of 1080p,
  /// with a file and HLS, took 300 MB.
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  /// At a time. Outputs, fonts and sockets of one job are a few dozen.
  std::uint64_t open_files = 256;
};

/// Shuts this process in, for good: limits of memory
/// (RLIMIT_DATA) and open files, no new privileges, Landlock for
/// files, a seccomp filter for system calls. What the filter does not know fails with EPERM; what
/// only an intruder tries (a new program, another process's memory, namespaces, modules, io_uring)
/// ends the process. Covers threads started later; call it before there are any. Throws
/// std::runtime_error when the kernel refuses the limit or the filter. Without Landlock (Linux
/// 5.13, and not in every container) files are left to their permissions, which standard error
/// tells.
void enter_sandbox(const SandboxOptions& options);

/// False in builds with sanitizers, whose runtimes need calls and memory of their own: there
/// enter_sandbox() does nothing.
bool has_sandbox();

/// The parts of enter_sandbox(). False: the kernel has no Landlock.
bool restrict_files(const std::vector<std::string>& folders,
                    const std::vector<std::string>& readable);
void restrict_system_calls(bool network);

}  // namespace plenum::egress
