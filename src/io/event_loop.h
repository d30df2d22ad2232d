#pragma once
#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <span>

#include "base/time.h"
#include "io/fd.h"

namespace plenum::io {

inline constexpr std::uint32_t kReadable = EPOLLIN;
inline constexpr std::uint32_t kWritable = EPOLLOUT;
/// Reported whether asked for or not.
inline constexpr std::uint32_t kHungUp = EPOLLHUP | EPOLLERR;

/// What a descriptor registered under `token` is ready for.
struct Ready {
  std::uint64_t token = 0;
  std::uint32_t events = 0;
};

/// Level-triggered epoll. Belongs to one thread; holds no callback and owns no registered
/// descriptor: the caller keeps both and finds its object again by the token.
class EventLoop {
 public:
  EventLoop();

  /// Throws std::system_error when the kernel refuses (limits, bad descriptor).
  void add(int fd, std::uint32_t events, std::uint64_t token);
  void modify(int fd, std::uint32_t events, std::uint64_t token);
  /// Before closing the descriptor. Unknown descriptors are ignored.
  void remove(int fd);

  /// Sleeps until something is ready or `deadline` (kNever: no deadline; in the past: only looks).
  /// A signal may end it early. The span lives until the next call.
  std::span<const Ready> wait_until(TimePoint deadline);
  /// The same, relative. Negative counts as zero.
  std::span<const Ready> wait(Duration timeout);

  /// Readable while something is ready, so that another loop can wait for this one. Throws
  /// std::system_error.
  Fd share() const;

 private:
  static constexpr std::size_t kMaxReady = 128;
  int poll(Duration timeout);

  Fd epoll_;
  bool precise_ = true;
  std::array<epoll_event, kMaxReady> events_{};
  std::array<Ready, kMaxReady> ready_{};
};

/// Lets another thread interrupt wait(): register fd() as readable, drain() when it is.
class Wakeup {
 public:
  Wakeup();
  int fd() const { return fd_.get(); }
  /// Any thread. Many calls before a drain() count as one.
  void notify() const;
  /// The waiting thread, before it looks at what it was woken for.
  void drain() const;

 private:
  Fd fd_;
};

}  // namespace plenum::io
