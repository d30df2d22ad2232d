#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace plenum::load {

/// Where a server's signalling is.
struct SignalServer {
  bool tls = false;
  std::string host, port;
  /// Before "/rtc"; without a slash at the end.
  std::string prefix;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  /// With TLS; shared by the connections that are under way.
  std::shared_ptr<boost::asio::ssl::context> context;

  /// Takes ws, wss, http and https. Blocks while the name is looked up. Throws
  /// std::invalid_argument for what is no such URL and std::runtime_error when nothing is found.
  static SignalServer resolve(boost::asio::io_context& io, const std::string& url);
};

/// A WebSocket connection from the client's side. Kept alive by what it is doing.
class ClientSocket {
 public:
  struct Handlers {
    std::function<void(std::string_view message)> message;
    /// Once; nothing follows. `why` is a sentence.
    std::function<void(const std::string& why)> ended;
  };
  /// Upgrades `target` ("/rtc?…") with the token as bearer.
  static std::shared_ptr<ClientSocket> open(boost::asio::io_context& io, const SignalServer& server,
                                            const std::string& target, const std::string& token,
                                            Handlers handlers);
  virtual ~ClientSocket() = default;

  /// In order, as binary messages; also before the connection is up.
  virtual void send(std::string message) = 0;
  /// Sends what waits, then closes. The handlers are not called any more.
  virtual void close() = 0;
  /// The same, at once.
  virtual void cut() = 0;
};

}  // namespace plenum::load
