#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace plenum::sctp {

struct Config {
  /// Chooses the parity of stream ids: even for the DTLS client (RFC 8832 section 6).
  bool is_dtls_client = false;
  /// What we told the peer in a=max-message-size (RFC 8841); a longer one closes its channel.
  std::size_t max_message_size = 262144;
  /// What the peer told us; 64 KiB if it said nothing (RFC 8841 section 6.1).
  std::size_t max_send_message_size = 65536;
  std::uint16_t local_port = 5000;
  std::uint16_t remote_port = 5000;
  /// Largest SCTP packet, headers included: 1200 bytes of UDP less the DTLS record around it.
  std::size_t mtu_bytes = 1152;
  /// send() answers would_block rather than hold more than this unsent or unacknowledged.
  std::size_t max_buffered_bytes = 4 << 20;
};

struct ChannelConfig {
  std::string label{};
  std::string protocol{};
  bool ordered = true;
  /// At most one of the two; neither = reliable.
  std::optional<std::uint32_t> max_retransmits{};
  std::optional<std::uint32_t> max_lifetime_ms{};
};

/// An SCTP packet for the DTLS association.
struct Transmit {
  Buffer packet;
};
/// The peer opened a channel, or acknowledged one of ours.
struct ChannelOpened {
  std::uint16_t stream_id = 0;
  bool by_peer = false;
  std::string label{};
  std::string protocol{};
  bool ordered = true;
  std::optional<std::uint32_t> max_retransmits{};
  std::optional<std::uint32_t> max_lifetime_ms{};
};
struct Message {
  std::uint16_t stream_id = 0;
  bool binary = true;
  std::vector<std::byte> bytes{};
};
/// Both directions are reset; the stream id may be used again.
struct ChannelClosed {
  std::uint16_t stream_id = 0;
};
/// The association is gone (ABORT, shutdown or too many retransmissions), and all channels with it.
struct Aborted {};
using Output = std::variant<Transmit, ChannelOpened, Message, ChannelClosed, Aborted>;

enum class SendError : std::uint8_t { too_large, would_block, closed };
enum class OpenError : std::uint8_t { too_many_channels, name_too_long, closed };

/// The data channels of one peer connection: SCTP over DTLS (RFC 8261, 8831) with DCEP (RFC 8832)
/// on top. Sans-I/O. Each association is driven by one thread; different associations may live on
/// different threads. All associations of a process must be given times of the same clock.
/// Does not know DTLS; carries no media.
class Association {
 public:
  explicit Association(Config config);
  ~Association();
  Association(Association&&) noexcept;
  Association& operator=(Association&&) noexcept;

  /// Begins the handshake. Both ends call it (RFC 8831 section 6.2: simultaneous open).
  void connect(TimePoint now);
  void handle_packet(Bytes packet, TimePoint now);
  void handle_timeout(TimePoint now);
  /// When handle_timeout() is due; kNever while nothing is in flight.
  TimePoint next_timeout() const;
  /// Drain after every call that takes a time. Empty = drained.
  std::optional<Output> poll_output();

  /// May be called before the association is up: the OPEN goes out once it is.
  Result<std::uint16_t, OpenError> open_channel(const ChannelConfig& config, TimePoint now);
  /// Resets the stream (RFC 6525); ChannelClosed follows when the peer has done the same.
  void close_channel(std::uint16_t stream_id, TimePoint now);
  /// At most max_send_message_size bytes, at least 0. Allowed from open_channel() on.
  Status<SendError> send(std::uint16_t stream_id, Bytes message, bool binary, TimePoint now);
  /// Bytes given to send() that the peer has not acknowledged yet, all channels.
  std::size_t buffered_amount() const;
  /// Sends ABORT and ends; the Transmit can still be polled.
  void abort(TimePoint now);

  /// True between the completed handshake and the end.
  bool is_connected() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plenum::sctp
