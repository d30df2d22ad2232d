// A WebSocket (RFC 6455) on the control thread, with permessage-deflate (RFC 7692) when the client
// offers it. Messages only: what they mean is the session's business.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/address.h"

namespace plenum::http {

struct WebsocketOptions {
  /// Largest inbound message, before and after decompression; a larger one is answered with 1009.
  std::size_t max_message_bytes = std::size_t{2} << 20;
  /// What may wait for a slow reader. More, or no progress for `stall_timeout`, cuts it.
  std::size_t max_queued_bytes = std::size_t{1} << 20;
  /// The same until the reader has caught up for the first time: it begins with all there is to
  /// know.
  std::size_t max_opening_bytes = std::size_t{32} << 20;
  /// For one message, and one second more for each 64 KiB of it.
  std::chrono::milliseconds stall_timeout{5000};
  /// Keeps proxies open, which give up after 30 s and more. Only while the other end is silent.
  std::chrono::milliseconds ping_interval{20000};
  /// How long the other end may take to answer our close frame.
  std::chrono::milliseconds close_timeout{3000};
  bool deflate = true;
};

/// RFC 6455 section 7.4.1.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
};

struct Message {
  std::string data;
  bool text = false;
};

class WebsocketStream;

/// One end of a WebSocket. Belongs to the session; destroying it cuts the connection at once and
/// is safe at any time, also while read() waits (which then yields nullopt). Lives on the io
/// thread; no call blocks.
class Websocket {
 public:
  explicit Websocket(std::shared_ptr<WebsocketStream> stream);
  ~Websocket();
  Websocket(Websocket&&) noexcept;
  Websocket& operator=(Websocket&&) noexcept;

  /// The next message; nullopt once the connection has ended for whatever reason. One reader.
  boost::asio::awaitable<std::optional<Message>> read();
  /// Queues a message. false when the connection has ended or is cut now for a full queue.
  bool send_binary(std::string data);
  bool send_text(std::string data);
  /// Sends what is queued, then a close frame; later sends do nothing. read() ends when the other
  /// end answers, or after the close timeout.
  void close(CloseCode code = CloseCode::normal);
  /// Ends the connection without a close frame.
  void cut();

  bool is_open() const;
  /// Bytes accepted by send_* and not yet written.
  std::size_t queued_bytes() const;
  const Address& client() const;

 private:
  std::shared_ptr<WebsocketStream> stream_;  // shared with the operations under way on it
};

}  // namespace plenum::http
