// Landlock, by plain system calls: the C library has none, and the kernel's header may be older
// than the kernel. docs.kernel.org/userspace-api/landlock.html
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "egress/sandbox.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

// The same numbers on every architecture.
constexpr long kCreateRuleset = 444, kAddRule = 445, kRestrictSelf = 446;
constexpr unsigned kAskVersion = 1;
constexpr int kPathBeneath = 1;

enum Access : std::uint64_t {
  kWriteFile = 1u << 1,
  kReadFile = 1u << 2,
  kReadDir = 1u << 3,
  kRemoveDir = 1u << 4,
  kRemoveFile = 1u << 5,
  kMakeDir = 1u << 7,
  kMakeRegular = 1u << 8,
  kTruncate = 1u << 14,  // version 3
};
constexpr std::uint64_t kOfFiles = kWriteFile | kReadFile | kTruncate;
constexpr std::uint64_t kRead = kReadFile | kReadDir;
constexpr std::uint64_t kReadWrite =
    kRead | kWriteFile | kRemoveDir | kRemoveFile | kMakeDir | kMakeRegular | kTruncate;

struct RulesetAttributes {
  std::uint64_t handled_access_fs = 0;
};
struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed_access = 0;
  std::int32_t parent_fd = -1;
};

/// What reading is for: libraries and fonts, certificates, names of hosts, the time zone, and what
/// the C library asks about this process and its processors.
constexpr const char* kReadable[] = {"/usr",
                                     "/lib",
                                     "/lib64",
                                     "/etc/ssl",
                                     "/etc/pki",
                                     "/etc/ca-certificates",
                                     "/etc/pkcs11",
                                     "/etc/gnutls",
                                     "/etc/ld.so.cache",
                                     "/etc/resolv.conf",
                                     "/etc/hosts",
                                     "/etc/host.conf",
                                     "/etc/nsswitch.conf",
                                     "/etc/gai.conf",
                                     "/etc/services",
                                     "/etc/protocols",
                                     "/etc/localtime",
                                     "/run/systemd/resolve",
                                     "/run/resolvconf",
                                     "/run/NetworkManager",
                                     "/dev/urandom",
                                     "/dev/random",
                                     "/sys/devices/system/cpu",
                                     "/proc/self"};

/// Everything that this version of the kernel can refuse.
std::uint64_t handled(long version) {
  std::uint64_t all = (1u << 13) - 1;
  if (version >= 2) all |= 1u << 13;  // moving files between folders
  if (version >= 3) all |= kTruncate;
  if (version >= 5) all |= 1u << 15;  // ioctl on devices
  return all;
}

void allow(int ruleset, const char* path, std::uint64_t access) {
  const io::Fd fd(::open(path, O_PATH | O_CLOEXEC));
  struct stat s {};
  if (!fd || ::fstat(fd.get(), &s) < 0) return;  // not there, so nothing to allow
  if (!S_ISDIR(s.st_mode)) access &= kOfFiles;
  const PathBeneath rule{.allowed_access = access, .parent_fd = fd.get()};
  ::syscall(kAddRule, ruleset, kPathBeneath, &rule, 0);
}

}  // namespace

bool restrict_files(const std::vector<std::string>& folders,
                    const std::vector<std::string>& readable) {
  const long version = ::syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  if (version < 1) return false;
  const RulesetAttributes attributes{.handled_access_fs = handled(version)};
  const io::Fd ruleset(
      static_cast<int>(::syscall(kCreateRuleset, &attributes, sizeof attributes, 0)));
  if (!ruleset) return false;
  const std::uint64_t known = attributes.handled_access_fs;
  for (const char* path : kReadable) allow(ruleset.get(), path, kRead & known);
  allow(ruleset.get(), "/dev/null", kOfFiles & known);
  for (const std::string& folder : readable) allow(ruleset.get(), folder.c_str(), kRead & known);
  for (const std::string& folder : folders)
    allow(ruleset.get(), folder.c_str(), kReadWrite & known);
  return ::syscall(kRestrictSelf, ruleset.get(), 0) == 0;
}

}  // namespace plenum::egress
