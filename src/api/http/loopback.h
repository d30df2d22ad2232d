// Tests only: a server on a free loopback port and raw clients, all on one io_context and thread.
#pragma once
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/server.h"

namespace plenum::http {

class Loopback : public ::testing::Test {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  template <class T = void>
  using Task = boost::asio::awaitable<T>;

  /// The routes and limits must be set before.
  void start() {
    server_ = std::make_unique<Server>(io_, std::move(router_), limits_);
    server_->listen(*Address::parse("127.0.0.1", 0));
  }

  /// Runs the test's coroutine to its end, at most half a minute.
  void run(Task<> task) {
    bool done = false;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error) {
      done = true;
      io_.stop();
      if (error) std::rethrow_exception(error);
    });
    boost::asio::steady_timer watchdog(io_, std::chrono::seconds(30));
    watchdog.async_wait([&](boost::system::error_code ec) {
      if (!ec) io_.stop();
    });
    io_.restart();
    io_.run();
    EXPECT_TRUE(done) << "the test's coroutine hangs";
  }

  Task<Socket> connect() {
    Socket socket(io_);
    const auto port = server_->local_endpoints().at(0).port;
    co_await socket.async_connect({boost::asio::ip::address_v4::loopback(), port},
                                  boost::asio::use_awaitable);
    co_return socket;
  }
  /// False: the server has closed. Then do not write again: Asio 1.81 would wait for ever.
  Task<bool> write(Socket& socket, std::string_view bytes) {
    boost::system::error_code ec;
    co_await boost::asio::async_write(socket, boost::asio::buffer(bytes),
                                      boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    co_return !ec;
  }
  /// All the server sends until it closes.
  Task<std::string> read_to_end(Socket& socket) {
    std::string received;
    boost::system::error_code ec;
    co_await boost::asio::async_read(socket, boost::asio::dynamic_buffer(received),
                                     boost::asio::redirect_error(boost::asio::use_awaitable, ec));
    co_return received;
  }
  /// The response to raw bytes that make the server close.
  std::string exchange(std::string_view bytes) {
    std::string received;
    run([](Loopback* self, std::string_view request, std::string& out) -> Task<> {
      Socket socket = co_await self->connect();
      co_await self->write(socket, request);
      out = co_await self->read_to_end(socket);
    }(this, bytes, received));
    return received;
  }
  /// Lets `ms` of real time pass on the io_context, for the server's own timers.
  Task<> pass(std::chrono::milliseconds ms) {
    boost::asio::steady_timer timer(io_, ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  boost::asio::io_context io_;
  Router router_;
  ServerLimits limits_;
  std::unique_ptr<Server> server_;
};

}  // namespace plenum::http
