#include "api/http/websocket.h"

#include "api/http/websocket_stream.h"

namespace plenum::http {

Websocket::Websocket(std::shared_ptr<WebsocketStream> stream) : stream_(std::move(stream)) {}

Websocket::~Websocket() {
  if (stream_) stream_->cut();
}

Websocket::Websocket(Websocket&&) noexcept = default;

Websocket& Websocket::operator=(Websocket&& other) noexcept {
  if (this == &other) return *this;
  if (stream_) stream_->cut();
  stream_ = std::move(other.stream_);
  return *this;
}

boost::asio::awaitable<std::optional<Message>> Websocket::read() {
  return WebsocketStream::read(stream_);
}
bool Websocket::send_binary(std::string data) { return stream_->send(std::move(data), false); }
bool Websocket::send_text(std::string data) { return stream_->send(std::move(data), true); }
void Websocket::close(CloseCode code) { stream_->close(code); }
void Websocket::cut() { stream_->cut(); }
bool Websocket::is_open() const { return stream_->is_open(); }
std::size_t Websocket::queued_bytes() const { return stream_->queued_bytes(); }
const Address& Websocket::client() const { return stream_->client(); }

}  // namespace plenum::http
