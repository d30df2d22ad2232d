#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "harness/impair/links.h"
#include "harness/impair/options.h"
#include "harness/impair/tcp_pipe.h"
#include "io/event_loop.h"
#include "io/tcp_socket.h"
#include "load/in_flight.h"

namespace plenum::impair {

/// TCP from one listening address to one target. Bytes are delayed and paced, none is lost: a
/// blackhole only holds them up. One thread.
class TcpRoute {
 public:
  /// Tokens from `first_token` on, of which kTokens are its own. Throws when it cannot listen.
  TcpRoute(io::EventLoop& loop, Links& links, const Route& route, const Options& options,
           std::uint64_t first_token);
  static constexpr std::uint64_t kTokens = std::uint64_t{1} << 40;

  const Address& local_address() const { return listener_.local_address(); }
  /// Resets every connection, both ways.
  void cut();
  void on_ready(std::uint64_t token, std::uint32_t events, TimePoint now);
  void handle_timeout(TimePoint now);
  TimePoint next_timeout() const { return wakeups_.next_arrival(); }

  std::size_t connections() const { return connections_.size(); }
  /// Connections turned away because there were too many.
  std::uint64_t refused() const { return refused_; }

 private:
  /// One end, as the loop knows it.
  struct End {
    io::TcpConnection socket;
    std::uint64_t token;
    std::uint32_t events = 0;  // 0: not registered
  };
  struct Connection {
    Connection(io::TcpConnection near, io::TcpConnection far, Links& links, std::uint64_t token);
    End near, far;
    TcpPipe up, down;
    TimePoint wakeup = kNever;  // the earliest that is in wakeups_
  };

  void accept();
  /// Moves what can be moved, closes what is over, and asks to be called again.
  void pump(std::uint64_t id, std::uint32_t near_events, std::uint32_t far_events, TimePoint now);
  bool move(Connection& c, std::uint32_t near_events, std::uint32_t far_events, TimePoint now);
  /// What the loop shall watch of this end: `in` brings its bytes.
  void watch(End& end, TcpPipe& in, TimePoint now);
  void wake(std::uint64_t id, Connection& c, TimePoint now);
  void close(std::uint64_t id);

  io::EventLoop& loop_;
  Links& links_;
  io::TcpListener listener_;
  Address target_;
  std::size_t max_connections_;
  std::uint64_t first_token_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  load::InFlight<std::uint64_t> wakeups_;
  std::uint64_t refused_ = 0;
};

}  // namespace plenum::impair
