// Route table: which handler answers a method and path. Knows no socket.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http/request.h"
#include "api/http/response.h"
#include "api/http/websocket.h"

namespace plenum::http {

/// A request to become a WebSocket. The handler looks at it first and then either refuses with an
/// ordinary response or accepts; a handler that does neither is answered with 500.
class UpgradeRequest {
 public:
  virtual ~UpgradeRequest() = default;
  virtual const Request& request() const = 0;
  virtual boost::asio::awaitable<void> refuse(Response response) = 0;
  /// Sends 101. Throws boost::system::system_error when the client has gone meanwhile or the server
  /// stops.
  virtual boost::asio::awaitable<Websocket> accept() = 0;
};

using Handler = std::function<boost::asio::awaitable<Response>(Request&)>;
using UpgradeHandler = std::function<boost::asio::awaitable<void>(UpgradeRequest&)>;

/// Writes the answer to a request that the server refuses by itself, before a handler is asked or
/// in its place.
using Refusal = std::function<Response(const Request&, int status)>;

struct RouteOptions {
  /// Larger bodies are answered with 413. Unless given: none for GET and HEAD, else 1 MiB.
  std::optional<std::size_t> max_body_bytes;
};

/// Patterns are paths whose segments are literal, `{name}` (one segment, not empty) or, last,
/// `{name...}` (the rest, possibly empty). Literals go before names, and names before the rest.
class Router {
 public:
  struct Route {
    Handler handler;
    UpgradeHandler upgrade;
    std::size_t max_body_bytes = 0;
  };
  struct Match {
    /// nullptr: see `malformed`, then `allowed`.
    const Route* route = nullptr;
    std::vector<std::pair<std::string, std::string>> parameters;
    /// Methods the path knows; empty = unknown path (404), else the method is wrong (405).
    std::vector<Method> allowed;
    /// The path cannot be percent-decoded (400).
    bool malformed = false;
    /// Of a WebSocket route.
    WebsocketOptions websocket;
  };

  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// GET also answers HEAD. Throws std::invalid_argument for a malformed or repeated pattern.
  void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});
  /// A WebSocket endpoint. A GET without upgrade is answered with 404 and an empty body unless
  /// the path also has a GET handler.
  void websocket(std::string_view pattern, UpgradeHandler handler, WebsocketOptions options = {});
  /// Answers GET of every path without a route, e.g. static files.
  void fallback(Handler handler);

  /// How requests whose path begins so are refused by the server itself: in the form of the API
  /// that lives there. Elsewhere it is plain text.
  void refusals(std::string prefix, Refusal write);

  Response refusal(const Request& request, int status) const;
  Match match(Method method, std::string_view path) const;
  /// The WebSocket endpoint at that path, or no route.
  Match match_upgrade(std::string_view path) const;

 private:
  struct Entry;
  Entry& entry(std::string_view pattern);

  std::vector<std::unique_ptr<Entry>> entries_;
  std::optional<Route> fallback_;
  std::vector<std::pair<std::string, Refusal>> refusals_;
};

/// Adds what lets any web page read the answer, also an error (Fetch standard, CORS protocol).
void add_cors(const Request& request, Response& response);

}  // namespace plenum::http
