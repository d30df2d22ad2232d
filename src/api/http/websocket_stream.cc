#include "api/http/websocket_stream.h"

#include <netinet/tcp.h>

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace plenum::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;

/// 4 KiB of history instead of 32: thousands of connections, each with two compressors.
constexpr int kDeflateWindowBits = 12;
/// Shorter messages go uncompressed: most signals are, and it saves the compressor's memory.
constexpr std::size_t kDeflateThresholdBytes = 512;
/// Without a frame for so many ping intervals the other end is gone.
constexpr int kSilentPings = 3;
/// TCP gives up on unacknowledged data after this, not after the kernel's quarter of an hour.
constexpr int kTcpUserTimeoutMs = 30000;

/// A reader that takes less than this in a second counts as stalled.
constexpr std::size_t kSlowestReaderBytes = 64 * 1024;

/// How many times the largest message a refused client may still be sending.
constexpr std::size_t kDrainFactor = 4;

void configure_socket(asio::ip::tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  const int timeout = kTcpUserTimeoutMs;
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}

}  // namespace

void TcpLayer::half_close() {
  error_code ignored;
  shutdown(shutdown_send, ignored);
}

void teardown(beast::role_type, TcpLayer& socket, error_code& ec) {
  socket.half_close();
  ec = {};
}

WebsocketStream::WebsocketStream(asio::ip::tcp::socket socket, WebsocketOptions options,
                                 Address client, std::shared_ptr<void> owner)
    : stream_(std::in_place, TcpLayer(std::move(socket))),
      options_(options),
      client_(client),
      owner_(std::move(owner)),
      stall_timer_(stream_->get_executor()),
      ping_timer_(stream_->get_executor()),
      reader_(stream_->get_executor(), asio::steady_timer::time_point::max()) {
  configure();
}

void WebsocketStream::configure() {
  configure_socket(stream_->next_layer());
  beast::websocket::stream_base::timeout timeout;
  timeout.handshake_timeout = options_.close_timeout;
  timeout.idle_timeout = beast::websocket::stream_base::none();
  timeout.keep_alive_pings = false;
  stream_->set_option(timeout);

  beast::websocket::permessage_deflate deflate;
  deflate.server_enable = options_.deflate;
  deflate.server_max_window_bits = kDeflateWindowBits;
  deflate.client_max_window_bits = kDeflateWindowBits;
  deflate.msg_size_threshold = kDeflateThresholdBytes;
  stream_->set_option(deflate);

  stream_->read_message_max(options_.max_message_bytes);
  stream_->auto_fragment(false);
}

asio::awaitable<void> WebsocketStream::accept(const Upgrade& upgrade) {
  const auto self = shared_from_this();
  co_await stream_->async_accept(upgrade, asio::use_awaitable);
  schedule_ping();
}

asio::awaitable<std::optional<Message>> WebsocketStream::read(
    std::shared_ptr<WebsocketStream> self) {
  if (self->state_ == State::ended) co_return std::nullopt;
  if (self->state_ != State::handshake) self->start_read();
  error_code ignored;
  co_await self->reader_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (self->state_ == State::ended) co_return std::nullopt;
  if (self->read_error_) {
    if (self->read_error_ == beast::websocket::error::message_too_big) co_await self->drain();
    self->cut();
    co_return std::nullopt;
  }
  co_return std::move(self->incoming_);
}

void WebsocketStream::start_read() {
  reading_ = true;
  incoming_ = {};
  incoming_buffer_.emplace(incoming_.data);
  stream_->async_read(*incoming_buffer_, [self = shared_from_this()](error_code ec, std::size_t) {
    self->on_read(ec);
  });
}

void WebsocketStream::on_read(error_code ec) {
  reading_ = false;
  if (state_ == State::ended) return;
  read_error_ = ec;
  incoming_.text = stream_->got_text();
  reader_.cancel();
}

/// Reads on for a while after a refused message, so that the other end gets to our close frame.
asio::awaitable<void> WebsocketStream::drain() {
  if (state_ == State::ended) co_return;
  state_ = State::draining;
  ++writes_;
  cut_after(options_.close_timeout);
  std::array<char, 4096> unread;
  error_code ec;
  const std::size_t most = kDrainFactor * options_.max_message_bytes;
  for (std::size_t total = 0; !ec && state_ == State::draining && total < most;)
    total += co_await stream_->next_layer().async_read_some(
        asio::buffer(unread), asio::redirect_error(asio::use_awaitable, ec));
}

bool WebsocketStream::send(std::string data, bool text) {
  if (state_ != State::open) return false;
  const std::size_t limit = caught_up_ ? options_.max_queued_bytes : options_.max_opening_bytes;
  if (queued_bytes_ + data.size() > limit && queued_bytes_ > 0) {
    cut();
    return false;
  }
  queued_bytes_ += data.size();
  queue_.push_back({std::move(data), text});
  write_next();
  return true;
}

void WebsocketStream::write_next() {
  if (writing_ || state_ == State::draining || state_ == State::ended) return;
  if (queue_.empty()) {
    if (state_ == State::closing) send_close();
    return;
  }
  writing_ = true;
  ++writes_;
  watch_write();
  stream_->text(queue_.front().text);
  stream_->async_write(
      asio::buffer(queue_.front().data),
      [self = shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); });
}

void WebsocketStream::on_written(error_code ec) {
  writing_ = false;
  if (state_ == State::draining || state_ == State::ended) return;
  stall_timer_.cancel();
  if (ec) return cut();
  queued_bytes_ -= queue_.front().data.size();
  queue_.pop_front();
  caught_up_ = caught_up_ || queue_.empty();
  write_next();
}

void WebsocketStream::watch_write() {
  const std::chrono::seconds for_its_size(queue_.front().data.size() / kSlowestReaderBytes);
  stall_timer_.expires_after(options_.stall_timeout + for_its_size);
  stall_timer_.async_wait([weak = weak_from_this(), write = writes_](error_code ec) {
    const auto self = weak.lock();
    if (!ec && self && self->writing_ && self->writes_ == write) self->cut();
  });
}

void WebsocketStream::cut_after(std::chrono::milliseconds time) {
  stall_timer_.expires_after(time);
  stall_timer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (!ec && self) self->cut();
  });
}

void WebsocketStream::close(CloseCode code) {
  if (state_ != State::open) return;
  state_ = State::closing;
  close_code_ = code;
  write_next();
}

void WebsocketStream::send_close() {
  ++writes_;
  writing_ = true;
  state_ = State::handshake;
  ping_timer_.cancel();
  cut_after(options_.close_timeout);
  stream_->async_close(
      beast::websocket::close_reason(static_cast<beast::websocket::close_code>(close_code_)),
      [self = shared_from_this()](error_code) {
        self->writing_ = false;
        self->cut();
      });
}

void WebsocketStream::cut() {
  if (state_ == State::ended) return;
  state_ = State::ended;
  stall_timer_.cancel();
  ping_timer_.cancel();
  reader_.cancel();
  error_code ignored;
  stream_->next_layer().close(ignored);
  // Not now: one of its own handlers may be what calls.
  asio::post(stall_timer_.get_executor(), [self = shared_from_this()] { self->stream_.reset(); });
  // The front may still be under the write that is being cancelled.
  while (queue_.size() > (writing_ ? 1u : 0u)) queue_.pop_back();
  queued_bytes_ = 0;
}

void WebsocketStream::schedule_ping() {
  if (state_ != State::open) return;
  ping_timer_.expires_after(options_.ping_interval);
  ping_timer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (!ec && self && self->state_ == State::open) self->ping();
  });
}

void WebsocketStream::ping() {
  const auto waits = TcpLayer::Clock::now() - stream_->next_layer().waits_since();
  const bool silent = reading_ && waits > kSilentPings * options_.ping_interval;
  if (pinging_ || silent) return cut();
  if (waits < options_.ping_interval) return schedule_ping();  // it was heard since
  pinging_ = true;
  stream_->async_ping({}, [self = shared_from_this()](error_code ec) {
    self->pinging_ = false;
    if (ec) self->cut();
  });
  schedule_ping();
}

}  // namespace plenum::http
