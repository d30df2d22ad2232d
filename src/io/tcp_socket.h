#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/address.h"
#include "base/bytes.h"
#include "io/fd.h"

namespace plenum::io {

/// One accepted, non-blocking TCP connection with a bounded queue of outgoing bytes. Knows no
/// framing. Belongs to one thread.
class TcpConnection {
 public:
  /// Outgoing bytes kept for a slow receiver. More than a second of media at 2 Mbit/s: what is
  /// older is of no use to it.
  static constexpr std::size_t kMaxQueued = 256 * 1024;

  TcpConnection(Fd fd, const Address& remote);

  int fd() const { return fd_.get(); }
  const Address& remote_address() const { return remote_; }

  enum class ReadStatus : std::uint8_t { some, nothing, closed };
  struct Read {
    ReadStatus status = ReadStatus::nothing;
    std::size_t size = 0;
  };
  /// Reads what is there, at most out.size() bytes. `closed`: end of stream or a broken connection.
  Read read(MutableBytes out);

  enum class SendStatus : std::uint8_t { sent, queued, dropped, closed };
  /// Sends `head` and `body` as one unit: all of it now or later in order, or (`dropped`: the queue
  /// is full; `closed`: the connection is broken) none of it.
  SendStatus send(Bytes head, Bytes body);
  SendStatus send(Bytes bytes) { return send(bytes, {}); }

  /// Wait for kWritable and then call on_writable().
  bool want_write() const { return queued_ != 0; }
  /// False when the connection is broken.
  bool on_writable();
  std::size_t queued_bytes() const { return queued_; }

 private:
  void enqueue(Bytes bytes);

  Fd fd_;
  Address remote_;
  std::unique_ptr<std::byte[]> queue_;  // circular, made when the first send does not go through
  std::size_t head_ = 0;
  std::size_t queued_ = 0;
  bool broken_ = false;
};

/// Accepts connections on one address without blocking.
class TcpListener {
 public:
  /// Port 0 takes a free one. Throws std::system_error naming the address.
  explicit TcpListener(const Address& local);

  int fd() const { return fd_.get(); }
  const Address& local_address() const { return local_; }
  /// nullopt when nobody waits. When descriptors have run out, newcomers are closed at once, so
  /// that a level-triggered loop does not spin.
  std::optional<TcpConnection> accept();
  /// Not even that is possible: do not wait for readability until a while later.
  bool is_stuck() const { return !spare_; }

 private:
  void turn_away();

  Fd fd_;
  Address local_;
  Fd spare_;  // given up for a moment to be able to accept and close
};

}  // namespace plenum::io
