#include "egress/sandbox.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace plenum::egress {
namespace {

void limit(decltype(RLIMIT_DATA) what, rlim_t most, const char* name) {
  rlimit now{};  // the operator's may be lower, and cannot be raised
  if (::getrlimit(what, &now) == 0) most = std::min(most, now.rlim_max);
  const rlimit both{most, most};
  if (::setrlimit(what, &both) < 0)
    throw std::runtime_error(std::string("cannot limit ") + name + ": " + std::strerror(errno));
}

}  // namespace

bool has_sandbox() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return false;
#else
  return true;
#endif
#else
  return true;
#endif
}

void enter_sandbox(const SandboxOptions& options) {
  if (!has_sandbox()) return;
  limit(RLIMIT_DATA, options.memory_bytes, "the memory");
  limit(RLIMIT_NOFILE, options.open_files, "open files");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    throw std::runtime_error(std::string("cannot give up privileges: ") + std::strerror(errno));
  if (!restrict_files(options.folders, options.readable))
    std::fputs("plenum-egress: no Landlock in this kernel, files are guarded less\n", stderr);
  restrict_system_calls(options.network);
}

}  // namespace plenum::egress
