#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "harness/impair/links.h"
#include "harness/impair/options.h"
#include "harness/impair/tcp_route.h"
#include "harness/impair/udp_route.h"
#include "io/event_loop.h"

namespace plenum::impair {

/// All routes of one link, and what may be done to them while it runs. One thread.
class Proxy {
 public:
  /// Throws std::system_error naming the address that cannot be listened on.
  Proxy(io::EventLoop& loop, const Options& options, TimePoint now);

  /// For what is registered with the loop under a token other than the caller's own; those are
  /// kFirstFreeToken and above.
  void on_ready(const io::Ready& ready, TimePoint now);
  void handle_timeout(TimePoint now);
  TimePoint next_timeout() const;
  static constexpr std::uint64_t kFirstFreeToken = std::uint64_t{1} << 63;

  /// One command line (README.md). The answer without its line end, or why there is none.
  Result<std::string, std::string> command(std::string_view line, TimePoint now);
  /// {"udp":["127.0.0.1:4000"],"tcp":[]}: where it listens, in the order of the command line.
  std::string addresses() const;

 private:
  std::string stats(TimePoint now) const;
  Status<std::string> change(std::string_view which, std::string_view text, TimePoint now);
  Status<std::string> set_target(std::string_view arguments);
  void rebind();

  Links links_;
  std::deque<UdpRoute> udp_;
  std::deque<TcpRoute> tcp_;
  Duration rebind_every_;
  TimePoint next_rebind_ = kNever;
  std::uint64_t rebinds_ = 0;
};

}  // namespace plenum::impair
