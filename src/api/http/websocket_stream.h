// The inside of a Websocket: Beast's stream, the send queue and the timers. Shared by the Websocket
// and by each asynchronous operation under way, so it outlives whichever ends last.
#pragma once
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/http/websocket.h"

namespace plenum::http {

/// The TCP socket under Beast's stream. Beast, when a WebSocket has failed, only half closes it:
/// its own teardown (1.81) reads one buffer and closes; what else is unread then resets the
/// connection, and the reset may overtake the close frame. WebsocketStream reads the rest instead.
///
/// It also knows since when it waits for bytes, and so since when not even a pong has come.
class TcpLayer : public boost::asio::ip::tcp::socket {
 public:
  using Clock = std::chrono::steady_clock;

  explicit TcpLayer(boost::asio::ip::tcp::socket&& socket)
      : boost::asio::ip::tcp::socket(std::move(socket)) {}
  void half_close();

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    waits_since_ = Clock::now();
    return boost::asio::ip::tcp::socket::async_read_some(buffers, std::forward<Token>(token));
  }
  /// When the last read began: whatever had come by then had been taken.
  Clock::time_point waits_since() const { return waits_since_; }

 private:
  Clock::time_point waits_since_ = Clock::now();
};

/// Found by Beast through argument-dependent look-up.
template <class Handler>
void async_teardown(boost::beast::role_type, TcpLayer& socket, Handler&& handler) {
  socket.half_close();
  boost::asio::post(socket.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                     boost::system::error_code()));
}
void teardown(boost::beast::role_type, TcpLayer& socket, boost::system::error_code& ec);

/// Beast's read and closing handshake, when both run, can wait for each other for ever (1.81: bad
/// UTF-8 or a wrong opcode while our close frame is sent), and a read that begins during the
/// handshake can trip its assertions. So none begins then, the reader waits for its own timer and
/// not for Beast, and when the connection has ended Beast's stream is destroyed with what hangs.
class WebsocketStream : public std::enable_shared_from_this<WebsocketStream> {
 public:
  using Upgrade = boost::beast::http::request<boost::beast::http::empty_body>;

  /// `owner` is kept alive until the stream is gone: the server's record of the connection.
  WebsocketStream(boost::asio::ip::tcp::socket socket, WebsocketOptions options, Address client,
                  std::shared_ptr<void> owner);

  /// Answers 101 and starts the pings. Throws boost::system::system_error.
  boost::asio::awaitable<void> accept(const Upgrade& upgrade);
  /// Static, so that the coroutine owns its stream even before it first runs.
  static boost::asio::awaitable<std::optional<Message>> read(std::shared_ptr<WebsocketStream> self);
  bool send(std::string data, bool text);
  void close(CloseCode code);
  void cut();

  bool is_open() const { return state_ == State::open; }
  std::size_t queued_bytes() const { return queued_bytes_; }
  const Address& client() const { return client_; }

 private:
  using StringBuffer = decltype(boost::asio::dynamic_buffer(std::declval<std::string&>()));
  /// closing: what is queued is sent, then a close frame. handshake: that frame is under way or
  /// sent. draining: Beast has sent one of its own.
  enum class State : std::uint8_t { open, closing, handshake, draining, ended };

  void configure();
  void start_read();
  void on_read(boost::system::error_code ec);
  void write_next();
  void on_written(boost::system::error_code ec);
  void watch_write();
  void send_close();
  void cut_after(std::chrono::milliseconds time);
  boost::asio::awaitable<void> drain();
  void schedule_ping();
  void ping();

  std::optional<boost::beast::websocket::stream<TcpLayer>> stream_;  // none some time after the end
  WebsocketOptions options_;
  Address client_;
  std::shared_ptr<void> owner_;
  boost::asio::steady_timer stall_timer_;
  boost::asio::steady_timer ping_timer_;
  boost::asio::steady_timer reader_;  // never expires: cancelled to wake who waits in read()

  State state_ = State::open;
  CloseCode close_code_ = CloseCode::normal;
  std::list<Message> queue_;  // the front is being written while writing_
  std::size_t queued_bytes_ = 0;
  bool caught_up_ = false;    // everything had been sent at some moment
  std::uint64_t writes_ = 0;  // tells a stall timer which write it watches
  bool writing_ = false;
  bool pinging_ = false;
  bool reading_ = false;  // Beast reads into incoming_
  Message incoming_;
  std::optional<StringBuffer> incoming_buffer_;  // into incoming_.data
  boost::system::error_code read_error_;
};

}  // namespace plenum::http
