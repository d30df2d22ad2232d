#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/time.h"

/// usrsctp behind a face without callbacks. usrsctp keeps process-wide state, so this file, alone
/// in media/, has a mutex; what that means for threads is said in the source file.
namespace plenum::sctp {

struct SocketConfig {
  std::uint16_t local_port = 5000;
  std::uint16_t remote_port = 5000;
  std::size_t mtu_bytes = 0;
  std::size_t send_buffer_bytes = 0;
};

/// Reliability of one message, RFC 3758 and RFC 7496.
struct Delivery {
  bool ordered = true;
  std::optional<std::uint32_t> max_retransmits{};
  std::optional<std::uint32_t> max_lifetime_ms{};
};

/// What usrsctp reported.
struct SocketEvent {
  enum class Kind : std::uint8_t {
    /// A message or a part of one; `last` marks its end.
    data,
    /// The rest of a message that began to arrive was abandoned by the peer.
    delivery_aborted,
    connected,
    gone,
    /// The peer reset its outgoing stream; our outgoing stream is reset; the peer refused to.
    incoming_reset,
    outgoing_reset,
    reset_failed,
  };
  Kind kind = Kind::data;
  std::uint16_t stream_id = 0;
  std::uint32_t ppid = 0;
  bool last = true;
  std::vector<std::byte> bytes{};
};

enum class SocketSend : std::uint8_t { sent, would_block, failed };

/// One usrsctp association. Used by one thread at a time; other Sockets may be used by other
/// threads meanwhile, and any of them may run this one's timers (their output waits here).
class Socket {
 public:
  /// Streams per direction. Peers count their ids upwards from 0, so this allows 128 channels from
  /// each end; usrsctp pays about 110 bytes for each (65535 would cost 7 MB an association).
  static constexpr std::uint16_t kStreams = 256;

  explicit Socket(const SocketConfig& config);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Lets usrsctp's clock, and all timers of the process, proceed to `now`.
  void advance(TimePoint now);
  void connect(TimePoint now);
  void input(Bytes packet, TimePoint now);
  SocketSend send(std::uint16_t stream_id, std::uint32_t ppid, Bytes message,
                  const Delivery& delivery, TimePoint now);
  /// Resets our outgoing stream once its queue is empty. False if usrsctp refuses.
  bool reset_stream(std::uint16_t stream_id, TimePoint now);
  /// Sends ABORT if there is a peer, and ends. Packets can still be polled.
  void close();

  std::optional<Buffer> poll_packet();
  std::optional<SocketEvent> poll_event();
  /// Bytes given to send() and not yet acknowledged or abandoned.
  std::size_t buffered_amount() const;
  /// True while chunks wait to be sent or acknowledged: then timers run.
  bool has_outstanding() const;

  /// What arrives for this association while usrsctp runs, on whichever thread; defined inside.
  struct Mailbox;

 private:
  std::uint64_t id_ = 0;
  void* socket_ = nullptr;  // usrsctp's struct socket
  std::uint16_t remote_port_ = 0;
  std::shared_ptr<Mailbox> mailbox_;  // shared with the registry that callbacks search
};

}  // namespace plenum::sctp
