#include "load/client_socket.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/url/parse.hpp>
#include <chrono>
#include <deque>
#include <stdexcept>
#include <type_traits>

namespace plenum::load {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::size_t kMaxMessage = 8 * 1024 * 1024;
constexpr std::chrono::seconds kConnectTimeout{15};
/// Of a refusal's text.
constexpr std::size_t kMaxReason = 200;

using Plain = websocket::stream<beast::tcp_stream>;
using Secure = websocket::stream<beast::ssl_stream<beast::tcp_stream>>;

template <class Stream>
class SocketOf final : public ClientSocket, public std::enable_shared_from_this<SocketOf<Stream>> {
 public:
  template <class... Layer>
  SocketOf(SignalServer server, std::string target, std::string token, Handlers handlers,
           Layer&&... layer)
      : server_(std::move(server)),
        target_(std::move(target)),
        token_(std::move(token)),
        handlers_(std::move(handlers)),
        stream_(std::forward<Layer>(layer)...) {}

  void start() {
    asio::co_spawn(stream_.get_executor(), run(this->shared_from_this()), asio::detached);
  }

  void send(std::string message) override {
    if (closing_) return;
    queue_.push_back(std::move(message));
    if (open_ && queue_.size() == 1) write_next();
  }

  void close() override {
    if (closing_) return;
    closing_ = true;
    handlers_ = {};
    if (!open_) return cut();
    if (queue_.empty()) close_now();
  }

  void cut() override {
    handlers_ = {};
    closing_ = true;
    error_code ignored;
    beast::get_lowest_layer(stream_).socket().close(ignored);
  }

 private:
  static asio::awaitable<void> run(std::shared_ptr<SocketOf> self) {
    std::string why = co_await self->connect();
    if (why.empty()) why = co_await self->read();
    const Handlers handlers = std::exchange(self->handlers_, {});
    if (handlers.ended) handlers.ended(why);
  }

  asio::awaitable<std::string> connect() {
    error_code ec;
    beast::tcp_stream& tcp = beast::get_lowest_layer(stream_);
    tcp.expires_after(kConnectTimeout);
    co_await tcp.async_connect(server_.endpoints, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return "cannot connect: " + ec.message();
    tcp.socket().set_option(asio::ip::tcp::no_delay(true), ec);
    if constexpr (std::is_same_v<Stream, Secure>) {
      SSL_set_tlsext_host_name(stream_.next_layer().native_handle(), server_.host.c_str());
      stream_.next_layer().set_verify_callback(asio::ssl::host_name_verification(server_.host));
      co_await stream_.next_layer().async_handshake(asio::ssl::stream_base::client,
                                                    asio::redirect_error(asio::use_awaitable, ec));
      if (ec) co_return "no TLS: " + ec.message();
    }
    tcp.expires_never();
    configure();
    websocket::response_type response;
    const std::string host = server_.host + ":" + server_.port;
    co_await stream_.async_handshake(response, host, target_,
                                     asio::redirect_error(asio::use_awaitable, ec));
    if (ec == websocket::error::upgrade_declined)
      co_return "refused with status " + std::to_string(response.result_int()) + ": " +
          response.body().substr(0, kMaxReason);
    if (ec) co_return "no WebSocket: " + ec.message();
    open_ = true;
    if (!queue_.empty()) write_next();
    co_return "";
  }

  void configure() {
    stream_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::client));
    stream_.set_option(websocket::stream_base::decorator([token = token_](auto& request) {
      request.set(beast::http::field::authorization, "Bearer " + token);
    }));
    stream_.read_message_max(kMaxMessage);
    stream_.binary(true);
  }

  asio::awaitable<std::string> read() {
    error_code ec;
    for (;;) {
      incoming_.clear();
      co_await stream_.async_read(incoming_, asio::redirect_error(asio::use_awaitable, ec));
      if (ec == websocket::error::closed) co_return "closed by the server";
      if (ec) co_return "signalling broke: " + ec.message();
      const auto data = incoming_.cdata();
      if (stream_.got_binary() && handlers_.message)
        handlers_.message({static_cast<const char*>(data.data()), data.size()});
    }
  }

  void write_next() {
    stream_.async_write(asio::buffer(queue_.front()),
                        [self = this->shared_from_this()](error_code ec, std::size_t) {
                          if (ec) return;  // the reader finds out as well
                          self->queue_.pop_front();
                          if (!self->queue_.empty()) return self->write_next();
                          if (self->closing_) self->close_now();
                        });
  }

  void close_now() {
    stream_.async_close(websocket::close_code::normal,
                        [self = this->shared_from_this()](error_code) {});
  }

  SignalServer server_;
  std::string target_, token_;
  Handlers handlers_;
  Stream stream_;
  beast::flat_buffer incoming_;
  std::deque<std::string> queue_;
  bool open_ = false, closing_ = false;
};

}  // namespace

SignalServer SignalServer::resolve(asio::io_context& io, const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  const std::string scheme = parsed ? std::string(parsed->scheme()) : "";
  SignalServer s;
  s.tls = scheme == "wss" || scheme == "https";
  if ((!s.tls && scheme != "ws" && scheme != "http") || parsed->host().empty() ||
      parsed->has_query() || parsed->has_fragment() || parsed->has_userinfo())
    throw std::invalid_argument("\"" + url + "\" is not a URL such as ws://127.0.0.1:7880");
  s.host = parsed->host_address();
  s.port = parsed->has_port() ? std::string(parsed->port()) : s.tls ? "443" : "80";
  s.prefix = parsed->encoded_path();
  while (s.prefix.ends_with('/')) s.prefix.pop_back();
  error_code ec;
  asio::ip::tcp::resolver resolver(io);
  for (const auto& entry : resolver.resolve(s.host, s.port, ec)) s.endpoints.push_back(entry);
  if (s.endpoints.empty()) throw std::runtime_error("cannot find " + s.host + ": " + ec.message());
  if (!s.tls) return s;
  s.context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  s.context->set_default_verify_paths();
  s.context->set_verify_mode(asio::ssl::verify_peer);
  return s;
}

std::shared_ptr<ClientSocket> ClientSocket::open(asio::io_context& io, const SignalServer& server,
                                                 const std::string& target,
                                                 const std::string& token, Handlers handlers) {
  if (server.tls) {
    auto socket = std::make_shared<SocketOf<Secure>>(server, target, token, std::move(handlers),
                                                     io.get_executor(), *server.context);
    socket->start();
    return socket;
  }
  auto socket = std::make_shared<SocketOf<Plain>>(server, target, token, std::move(handlers),
                                                  io.get_executor());
  socket->start();
  return socket;
}

}  // namespace plenum::load
