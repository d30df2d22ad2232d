#include "api/http/connection.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

#include "api/http/body_reader.h"
#include "api/http/response_head.h"
#include "base/log.h"

namespace plenum::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 4096;
/// For who finds the server full; bodies come and go within seconds.
constexpr const char* kRetryAfter = "1";
/// How long and how much a refused client may go on sending while it reads the refusal.
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr std::size_t kLingerBytes = std::size_t{4} << 20;

HeaderSize header_size(const ServerLimits& limits) {
  return {limits.max_request_line_bytes, limits.max_header_bytes};
}

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string names_of(const std::vector<Method>& allowed) {
  std::string names = "OPTIONS";
  for (const Method m : allowed) names.append(", ").append(method_name(m));
  return names;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Address client,
                       std::shared_ptr<ServerShared> shared)
    : stream_(std::move(socket)), client_(client), shared_(std::move(shared)) {
  shared_->connections.insert(this);
  ++shared_->by_network[client_.network()];
}

Connection::~Connection() {
  shared_->connections.erase(this);
  const auto counted = shared_->by_network.find(client_.network());
  if (--counted->second == 0) shared_->by_network.erase(counted);
  if (shared_->on_gone) shared_->on_gone();
}

void Connection::cut() {
  if (const auto websocket = websocket_.lock()) return websocket->cut();
  stream_.close();
}

std::string_view Connection::received() const {
  return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
}

asio::awaitable<bool> Connection::receive(std::size_t bytes) {
  error_code ec;
  const std::size_t n = co_await stream_.async_read_some(
      buffer_.prepare(bytes), asio::redirect_error(asio::use_awaitable, ec));
  if (ec == boost::beast::error::timeout) ++shared_->counters.timed_out;
  buffer_.commit(n);
  co_return !ec;
}

asio::awaitable<void> Connection::run() {
  try {
    co_await serve();
  } catch (const std::exception& e) {
    log::error("http: connection of {} ended by an exception: {}", client_.ip_text(), e.what());
  }
}

asio::awaitable<void> Connection::serve() {
  while (!shared_->stopping) {
    HeaderBlock header;
    if (!co_await read_header(header)) co_return;
    ++shared_->counters.requests;
    header.request.client = client_;
    if (header.websocket_upgrade && header.request.method == Method::get) {
      Router::Match match = shared_->router.match_upgrade(header.request.path);
      if (match.route) co_return co_await upgrade(std::move(header), std::move(match));
    }
    if (!co_await serve_one(std::move(header))) co_return;
  }
}

asio::awaitable<bool> Connection::read_header(HeaderBlock& out) {
  idle_ = true;
  if (buffer_.size() == 0) buffer_.shrink_to_fit();  // thousands may wait at once
  stream_.expires_after(shared_->limits.idle_timeout);
  const Request unread;
  std::size_t searched = 0;
  bool started = false;
  while (true) {
    // RFC 9112 2.2: an empty line before the request line is ignored.
    while (searched == 0 && received().starts_with("\r\n")) buffer_.consume(2);
    if (buffer_.size() > 0 && !started) {
      started = true;
      idle_ = false;
      stream_.expires_after(shared_->limits.header_timeout);  // for the header as a whole
    }
    const auto end = find_header_end(received(), searched, header_size(shared_->limits));
    if (!end) co_return co_await refuse(unread, end.error());
    if (*end) {
      auto parsed = parse_header(received().substr(0, **end), header_size(shared_->limits));
      if (!parsed) co_return co_await refuse(unread, parsed.error());
      buffer_.consume(**end);
      out = std::move(*parsed);
      co_return true;
    }
    searched = buffer_.size() > 1 ? buffer_.size() : 0;
    if (!co_await receive(kReadBytes)) co_return false;
  }
}

asio::awaitable<bool> Connection::serve_one(HeaderBlock header) {
  Request& request = header.request;
  Router::Match match = shared_->router.match(request.method, request.path);
  if (match.route) {
    Response answered;
    {
      BodyBudget::Share share(shared_->bodies, client_.network());
      if (!co_await read_body(header, match.route->max_body_bytes, share)) co_return false;
      request.parameters = std::move(match.parameters);
      answered = co_await answer(request, *match.route);
      request.body = {};  // a slow reader of the answer does not keep it
    }
    co_return co_await write(request, std::move(answered), header.keep_alive);
  }
  Response response;
  if (request.method == Method::options) {
    response = Response::empty(204);
  } else if (match.malformed) {
    response = shared_->router.refusal(request, 400);
  } else if (match.allowed.empty()) {
    const bool websocket = shared_->router.match_upgrade(request.path).route != nullptr;
    response = websocket ? Response::empty(404) : shared_->router.refusal(request, 404);
  } else {
    response = shared_->router.refusal(request, 405);
    response.headers.set("Allow", names_of(match.allowed));
  }
  // Nobody wants its body: anyone may send one, so it is not kept but passed over in linger().
  const bool keep_alive = header.keep_alive && header.body.empty();
  co_return co_await write(request, std::move(response), keep_alive);
}

asio::awaitable<bool> Connection::read_body(HeaderBlock& header, std::size_t max_bytes,
                                            BodyBudget::Share& share) {
  if (header.body.empty()) co_return true;
  if (header.body.content_length > max_bytes) co_return co_await refuse(header.request, 413);
  stream_.expires_after(shared_->limits.body_timeout);
  if (header.expects_continue) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    error_code ec;
    co_await asio::async_write(stream_, asio::buffer(kContinue),
                               asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return false;
  }
  BodyReader body(header.body, max_bytes);
  while (true) {
    const auto used = body.put(received(), header.request.body);
    if (!used) co_return co_await refuse(header.request, used.error());
    buffer_.consume(*used);
    if (!share.resize(header.request.body.capacity())) {
      header.request.body = {};
      co_return co_await refuse_full(header.request);
    }
    if (body.is_done()) co_return true;
    if (!co_await receive(kReadBytes * 4)) co_return false;
  }
}

asio::awaitable<Response> Connection::answer(Request& request, const Router::Route& route) {
  try {
    co_return co_await route.handler(request);
  } catch (const std::exception& e) {
    log::error("http: {} {} failed: {}", method_name(request.method), request.path, e.what());
  }
  co_return shared_->router.refusal(request, 500);
}

asio::awaitable<bool> Connection::write(const Request& request, Response response,
                                        bool keep_alive) {
  keep_alive = keep_alive && !shared_->stopping;
  add_cors(request, response);
  const std::string head = response_head(response, {keep_alive, unix_now()});
  const bool bare = request.method == Method::head || forbids_body(response.status);
  const std::array<asio::const_buffer, 2> buffers = {
      asio::buffer(head), bare ? asio::const_buffer() : asio::buffer(response.content())};
  stream_.expires_after(shared_->limits.write_timeout);
  error_code ec;
  co_await asio::async_write(stream_, buffers, asio::redirect_error(asio::use_awaitable, ec));
  if (ec) co_return false;
  if (response.pieces && !bare) {
    const bool whole = co_await write_pieces(request, *response.pieces);
    if (!whole) co_return false;
  }
  if (!keep_alive) co_await linger();
  co_return keep_alive;
}

asio::awaitable<bool> Connection::write_pieces(const Request& request, const BodyInPieces& body) {
  try {
    for (std::uint64_t sent = 0; sent < body.bytes;) {
      const std::string piece = co_await body.next(sent);
      if (piece.empty() || piece.size() > body.bytes - sent) co_return false;
      stream_.expires_after(shared_->limits.write_timeout);
      error_code ec;
      co_await asio::async_write(stream_, asio::buffer(piece),
                                 asio::redirect_error(asio::use_awaitable, ec));
      if (ec) co_return false;
      sent += piece.size();
    }
    co_return true;
  } catch (const std::exception& e) {
    log::error("http: {} {} was cut: {}", method_name(request.method), request.path, e.what());
  }
  co_return false;
}

asio::awaitable<bool> Connection::refuse(const Request& request, int status) {
  ++shared_->counters.malformed;
  Response response = shared_->router.refusal(request, status);
  if (status == 426) response.headers.set("Sec-WebSocket-Version", "13");
  co_return co_await write(request, std::move(response), false);
}

asio::awaitable<bool> Connection::refuse_full(const Request& request) {
  ++shared_->counters.refused_full;
  Response response = shared_->router.refusal(request, 503);
  response.headers.set("Retry-After", kRetryAfter);
  co_return co_await write(request, std::move(response), false);
}

/// Closing with unread bytes resets the connection, and the reset may overtake our response.
asio::awaitable<void> Connection::linger() {
  error_code ec;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ec);
  stream_.expires_after(kLingerTime);
  buffer_.clear();
  idle_ = true;
  for (std::size_t total = 0; !ec && total < kLingerBytes;) {
    total += co_await stream_.async_read_some(buffer_.prepare(kReadBytes),
                                              asio::redirect_error(asio::use_awaitable, ec));
  }
}

/// The connection's side of an UpgradeRequest.
class Connection::Upgrading : public UpgradeRequest {
 public:
  Upgrading(Connection& connection, Request request, WebsocketOptions options)
      : connection_(connection), request_(std::move(request)), options_(options) {}

  const Request& request() const override { return request_; }

  asio::awaitable<void> refuse(Response response) override {
    if (std::exchange(decided_, true)) co_return;
    co_await connection_.write(request_, std::move(response), false);
  }

  asio::awaitable<Websocket> accept() override {
    if (connection_.shared_->stopping) {
      co_await refuse(connection_.shared_->router.refusal(request_, 503));
      throw boost::system::system_error(asio::error::shut_down);
    }
    decided_ = true;
    WebsocketStream::Upgrade upgrade;
    upgrade.method(boost::beast::http::verb::get);
    upgrade.target(request_.target);
    for (const auto& [name, value] : request_.headers) upgrade.insert(name, value);
    connection_.stream_.expires_never();
    const auto stream =
        std::make_shared<WebsocketStream>(connection_.stream_.release_socket(), options_,
                                          connection_.client_, connection_.shared_from_this());
    connection_.websocket_ = stream;
    co_await stream->accept(upgrade);
    co_return Websocket(stream);
  }

  bool decided() const { return decided_; }

 private:
  Connection& connection_;
  Request request_;
  WebsocketOptions options_;
  bool decided_ = false;
};

asio::awaitable<void> Connection::upgrade(HeaderBlock header, Router::Match match) {
  // Nothing may follow the header before our 101 (RFC 6455 4.1).
  if (!header.body.empty() || buffer_.size() > 0) {
    co_await refuse(header.request, 400);
    co_return;
  }
  if (shared_->stopping) {  // it would outlive those that are told to come back
    co_await write(header.request, shared_->router.refusal(header.request, 503), false);
    co_return;
  }
  buffer_ = {};
  stream_.expires_never();
  header.request.parameters = std::move(match.parameters);
  const std::string path = header.request.path;
  Upgrading request(*this, std::move(header.request), match.websocket);
  try {
    co_await match.route->upgrade(request);
  } catch (const boost::system::system_error& e) {
    log::debug("http: WebSocket {} of {} failed: {}", path, client_.ip_text(), e.what());
  } catch (const std::exception& e) {
    log::error("http: WebSocket {} failed: {}", path, e.what());
  }
  if (!request.decided()) co_await request.refuse(shared_->router.refusal(request.request(), 500));
}

}  // namespace plenum::http
