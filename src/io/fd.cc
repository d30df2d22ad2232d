#include "io/fd.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace plenum::io {

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace plenum::io
