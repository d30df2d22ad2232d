#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/time.h"
#include "load/client_socket.h"

namespace livekit {
class SignalRequest;
class SignalResponse;
}  // namespace livekit

namespace plenum::load {

/// Who joins, for the token and the request line.
struct Identity {
  std::string room, identity;
  bool publishes = false, subscribes = false, sends_data = false;
  /// The server waits to be told what is shown before it sends large pictures.
  bool adaptive_stream = false;
};

/// Makes access tokens for one API key.
class TokenMaker {
 public:
  TokenMaker(std::string key, std::string secret)
      : key_(std::move(key)), secret_(std::move(secret)) {}
  /// `now_s`: Unix seconds. Valid for a day.
  std::string make(const Identity& who, std::int64_t now_s) const;

 private:
  std::string key_, secret_;
};

/// "/rtc?…": two peer connections, as every server of the kind offers them.
std::string join_target(const SignalServer& server, const Identity& who);

/// LiveKit's signalling: one protobuf message a WebSocket message.
class Signal {
 public:
  struct Handlers {
    std::function<void(const livekit::SignalResponse&)> response;
    std::function<void(const std::string& why)> ended;
  };
  Signal(boost::asio::io_context& io, const SignalServer& server, const Identity& who,
         const std::string& token, Handlers handlers);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void send(const livekit::SignalRequest& request);
  /// What was sent arrives, nothing more is heard.
  void leave();

 private:
  std::shared_ptr<ClientSocket> socket_;
  bool left_ = false;
};

}  // namespace plenum::load
