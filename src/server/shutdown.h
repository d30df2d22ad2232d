#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "base/time.h"

namespace plenum::server {

/// SIGTERM and SIGINT: the first starts an orderly end within the deadline, the second ends the
/// process at once. What an orderly end is, the owner knows.
class Shutdown {
 public:
  Shutdown(boost::asio::io_context& io, Duration deadline);

  void on_signal(std::function<void()> begin);
  /// Time until the deadline; all of it before the first signal.
  Duration left() const;
  void finished();
  /// Ends the process now, with exit code 0: the deadline is a promise.
  [[noreturn]] void give_up(const char* why) const;

 private:
  void begin(int signal);

  boost::asio::signal_set signals_;
  boost::asio::steady_timer timer_;
  Duration deadline_;
  TimePoint end_ = kNever;
  std::function<void()> begin_;
};

}  // namespace plenum::server
