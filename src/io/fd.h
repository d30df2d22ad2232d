#pragma once
#include <utility>

namespace plenum::io {

/// Owns one file descriptor and closes it. Move-only.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  Fd& operator=(Fd&& o) noexcept {
    if (this != &o) {
      reset();
      fd_ = std::exchange(o.fd_, -1);
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  void reset();

 private:
  int fd_ = -1;
};

/// Allows this process as many open files as an administrator would let it have: the usual soft
/// limit of 1024 is for programs that use select().
void raise_open_files_limit();

/// Throws std::system_error with errno and `what` when `result` is negative; start-up only.
int checked(int result, const char* what);

}  // namespace plenum::io
