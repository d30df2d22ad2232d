// HTTP/1.1 server (RFC 9112) on one io_context: listens, reads requests within limits, asks the
// router, writes responses. No TLS: that is a proxy's or a later layer's business.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "api/http/router.h"
#include "base/address.h"

namespace plenum::http {

struct ServerLimits {
  /// RFC 9112 3 asks for 8000 octets; join requests with many tracks need more.
  std::size_t max_request_line_bytes = std::size_t{64} << 10;
  /// Request line and fields together.
  std::size_t max_header_bytes = std::size_t{96} << 10;
  std::size_t max_connections = 32768;
  /// From one client (Address::network): nobody alone keeps the others out. Half of all, since a
  /// reverse proxy counts as one client, and so does this host.
  std::size_t max_connections_per_address = 16384;
  /// Request bodies that are held at once, by all connections; more are answered with 503.
  std::size_t max_buffered_body_bytes = std::size_t{256} << 20;
  /// Of one client. Half of all, as above.
  std::size_t max_buffered_body_bytes_per_address = std::size_t{128} << 20;
  /// Between the first byte of a request and the end of its header (slow clients).
  std::chrono::milliseconds header_timeout{10000};
  std::chrono::milliseconds body_timeout{30000};
  /// Waiting for the first byte of a request.
  std::chrono::milliseconds idle_timeout{60000};
  std::chrono::milliseconds write_timeout{30000};
};

struct ServerCounters {
  std::uint64_t accepted = 0;
  /// Connections and bodies above the limits.
  std::uint64_t refused_full = 0;
  std::uint64_t requests = 0;
  std::uint64_t malformed = 0;
  std::uint64_t timed_out = 0;
};

/// All of it lives on the thread that runs the io_context. Sees one node.
class Server {
 public:
  Server(boost::asio::io_context& io, Router router, ServerLimits limits = {});
  /// Cuts every connection. The io_context may run on afterwards.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Port 0 takes a free one. Throws std::runtime_error with a sentence naming the address.
  void listen(const Address& address);
  std::vector<Address> local_endpoints() const;

  /// Stops listening and closes idle connections; answers requests under way; cuts what is left
  /// (WebSockets included: close them before) once `grace` has passed.
  boost::asio::awaitable<void> stop(std::chrono::milliseconds grace);

  std::size_t connections() const;
  const ServerCounters& counters() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the connections' coroutines, which may outlive us
};

}  // namespace plenum::http
