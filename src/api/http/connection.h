// One HTTP connection: reads requests within the limits, asks the router, writes the responses, and
// hands the socket over when a request becomes a WebSocket.
#pragma once
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>

#include "api/http/body_budget.h"
#include "api/http/header_block.h"
#include "api/http/server.h"
#include "api/http/websocket_stream.h"

namespace plenum::http {

class Connection;

/// What the connections of one server have in common.
struct ServerShared {
  ServerShared(Router routes, const ServerLimits& given)
      : router(std::move(routes)), limits(given) {}

  Router router;
  ServerLimits limits;
  ServerCounters counters;
  BodyBudget bodies{limits.max_buffered_body_bytes, limits.max_buffered_body_bytes_per_address};
  std::set<Connection*> connections;
  /// How many of them each client has (Address::network).
  std::unordered_map<Address, std::size_t> by_network;
  bool stopping = false;
  /// Called whenever a connection is gone.
  std::function<void()> on_gone;
};

/// Lives as long as its coroutine or the WebSocket it became.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Address client,
             std::shared_ptr<ServerShared> shared);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Serves until either side closes. Does not throw.
  boost::asio::awaitable<void> run();
  /// Waiting for a request: closing it now loses nothing.
  bool is_idle() const { return idle_; }
  void cut();

 private:
  class Upgrading;

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<bool> read_header(HeaderBlock& out);
  boost::asio::awaitable<bool> serve_one(HeaderBlock header);
  boost::asio::awaitable<bool> read_body(HeaderBlock& header, std::size_t max_bytes,
                                         BodyBudget::Share& share);
  boost::asio::awaitable<void> upgrade(HeaderBlock header, Router::Match match);
  boost::asio::awaitable<Response> answer(Request& request, const Router::Route& route);
  boost::asio::awaitable<bool> write(const Request& request, Response response, bool keep_alive);
  /// The body, behind its head. False: the connection is of no more use.
  boost::asio::awaitable<bool> write_pieces(const Request& request, const BodyInPieces& body);
  boost::asio::awaitable<bool> refuse(const Request& request, int status);
  boost::asio::awaitable<bool> refuse_full(const Request& request);
  boost::asio::awaitable<void> linger();
  boost::asio::awaitable<bool> receive(std::size_t bytes);
  std::string_view received() const;

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  Address client_;
  std::shared_ptr<ServerShared> shared_;  // the server may go before its connections' coroutines
  std::weak_ptr<WebsocketStream> websocket_;
  bool idle_ = true;
};

}  // namespace plenum::http
