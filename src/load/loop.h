#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>

#include "base/time.h"
#include "io/event_loop.h"
#include "shard/timer_queue.h"

namespace plenum::load {

/// The one thread's loop: signalling runs on Asio; the many media sockets and their timers hang on
/// it as one descriptor and one timer. Keys are the caller's own numbers.
class Loop {
 public:
  /// What is ready: a socket to read from, or a timer that has run out.
  using OnReady = std::function<void(std::uint64_t key, bool readable)>;

  explicit Loop(OnReady on_ready);
  ~Loop();

  boost::asio::io_context& io() { return io_; }
  /// Throws std::system_error when the kernel refuses.
  void watch(int fd, std::uint64_t key) { sockets_.add(fd, io::kReadable, key); }
  void unwatch(int fd) { sockets_.remove(fd); }
  /// Only ever brings a wake-up forward: a key may be woken too early, never too late.
  void arm(std::uint64_t key, TimePoint at);
  void disarm(std::uint64_t key) { timers_.disarm(key); }
  /// Until stop().
  void run();
  void stop() { io_.stop(); }

 private:
  void await_sockets();
  void await_timer();
  void turn();

  OnReady on_ready_;
  boost::asio::io_context io_{1};
  io::EventLoop sockets_;
  io::Fd shared_;
  boost::asio::posix::stream_descriptor sockets_ready_;
  boost::asio::steady_timer timer_;
  TimePoint timer_at_ = kNever;
  shard::TimerQueue<std::uint64_t> timers_;
};

}  // namespace plenum::load
