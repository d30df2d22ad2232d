#include "api/http/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "api/http/connection.h"

namespace plenum::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Pause after an accept that failed for lack of file descriptors or memory.
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
/// What is cut is gone within this, unless a handler is stuck.
constexpr auto kCutTime = std::chrono::seconds(1);

tcp::endpoint endpoint_of(const Address& address) {
  return {asio::ip::make_address(address.ip_text()), address.port};
}

Address address_of(const tcp::endpoint& endpoint) {
  asio::ip::address ip = endpoint.address();
  // A dual-stack socket shows IPv4 clients as ::ffff:a.b.c.d.
  if (ip.is_v6() && ip.to_v6().is_v4_mapped())
    ip = asio::ip::make_address_v4(asio::ip::v4_mapped, ip.to_v6());
  if (ip.is_v6()) ip = asio::ip::address_v6(ip.to_v6().to_bytes());  // drops the zone
  return Address::parse(ip.to_string(), endpoint.port()).value_or(Address{});
}

}  // namespace

struct Server::State : std::enable_shared_from_this<State> {
  State(asio::io_context& context, Router router, ServerLimits limits)
      : io(context),
        shared(std::make_shared<ServerShared>(std::move(router), limits)),
        gone(context) {}

  asio::awaitable<void> accept_loop(std::shared_ptr<tcp::acceptor> acceptor);
  asio::awaitable<void> wait_until_empty(std::chrono::milliseconds limit);
  void start(tcp::socket socket);
  void stop_listening();
  void cut(bool only_idle);

  asio::io_context& io;
  std::shared_ptr<ServerShared> shared;
  std::vector<std::shared_ptr<tcp::acceptor>> acceptors;
  asio::steady_timer gone;  // cancelled when a connection is gone
};

void Server::State::start(tcp::socket socket) {
  error_code ec;
  const tcp::endpoint remote = socket.remote_endpoint(ec);
  if (ec) return;
  ++shared->counters.accepted;
  const Address client = address_of(remote);
  const auto same = shared->by_network.find(client.network());
  const std::size_t from_client = same == shared->by_network.end() ? 0 : same->second;
  if (shared->connections.size() >= shared->limits.max_connections ||
      from_client >= shared->limits.max_connections_per_address) {
    ++shared->counters.refused_full;
    return;
  }
  socket.set_option(tcp::no_delay(true), ec);
  auto connection = std::make_shared<Connection>(std::move(socket), client, shared);
  asio::co_spawn(
      io, [connection]() { return connection->run(); }, asio::detached);
}

asio::awaitable<void> Server::State::accept_loop(std::shared_ptr<tcp::acceptor> acceptor) {
  const auto self = shared_from_this();
  asio::steady_timer pause(io);
  while (acceptor->is_open()) {
    error_code ec;
    tcp::socket socket =
        co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted) co_return;
    if (!ec) {
      start(std::move(socket));
      continue;
    }
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  }
}

void Server::State::stop_listening() {
  shared->stopping = true;
  for (const auto& acceptor : acceptors) {
    error_code ignored;
    acceptor->close(ignored);
  }
  acceptors.clear();
}

void Server::State::cut(bool only_idle) {
  const std::set<Connection*> now = shared->connections;  // cutting may erase
  for (Connection* connection : now) {
    if (!shared->connections.contains(connection)) continue;
    if (!only_idle || connection->is_idle()) connection->cut();
  }
}

asio::awaitable<void> Server::State::wait_until_empty(std::chrono::milliseconds limit) {
  const auto self = shared_from_this();
  const auto end = std::chrono::steady_clock::now() + limit;
  shared->on_gone = [weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->gone.cancel();
  };
  while (!shared->connections.empty() && std::chrono::steady_clock::now() < end) {
    gone.expires_at(end);
    error_code ignored;
    co_await gone.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  shared->on_gone = nullptr;
}

Server::Server(asio::io_context& io, Router router, ServerLimits limits)
    : state_(std::make_shared<State>(io, std::move(router), limits)) {}

Server::~Server() {
  state_->stop_listening();
  state_->cut(false);
}

void Server::listen(const Address& address) {
  auto acceptor = std::make_shared<tcp::acceptor>(state_->io);
  try {
    const tcp::endpoint endpoint = endpoint_of(address);
    acceptor->open(endpoint.protocol());
    acceptor->set_option(tcp::acceptor::reuse_address(true));
    acceptor->bind(endpoint);
    acceptor->listen();
  } catch (const boost::system::system_error& e) {
    throw std::runtime_error("cannot listen on " + address.text() + ": " + e.code().message());
  }
  state_->acceptors.push_back(acceptor);
  asio::co_spawn(
      state_->io, [state = state_, acceptor]() { return state->accept_loop(acceptor); },
      asio::detached);
}

std::vector<Address> Server::local_endpoints() const {
  std::vector<Address> result;
  for (const auto& acceptor : state_->acceptors)
    result.push_back(address_of(acceptor->local_endpoint()));
  return result;
}

asio::awaitable<void> Server::stop(std::chrono::milliseconds grace) {
  const auto state = state_;
  state->stop_listening();
  state->cut(true);
  co_await state->wait_until_empty(grace);
  state->cut(false);
  co_await state->wait_until_empty(kCutTime);
}

std::size_t Server::connections() const { return state_->shared->connections.size(); }
const ServerCounters& Server::counters() const { return state_->shared->counters; }

}  // namespace plenum::http
