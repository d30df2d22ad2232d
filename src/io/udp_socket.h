#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/address.h"
#include "base/buffer.h"
#include "io/fd.h"

namespace plenum::io {

struct Received {
  Buffer datagram;
  Address from;
};

/// One bound, non-blocking UDP socket with large kernel buffers. Receives here; sends through
/// TransmitBatch. Belongs to one thread. IPv6 sockets take IPv6 only.
class UdpSocket {
 public:
  /// Most datagrams that one receive_batch() brings.
  static constexpr std::size_t kMaxBatch = 64;

  /// Port 0 takes a free one. Throws std::system_error naming the address.
  explicit UdpSocket(const Address& local);
  UdpSocket(UdpSocket&&) noexcept;
  UdpSocket& operator=(UdpSocket&&) noexcept;
  ~UdpSocket();

  int fd() const { return fd_.get(); }
  /// As bound: with the port that was found for port 0.
  const Address& local_address() const { return local_; }

  /// Moves up to min(out.size(), kMaxBatch) waiting datagrams into `out` and returns how many.
  /// 0 when none waits, or many that are dropped. Call again while it returns the full number.
  std::size_t receive_batch(std::span<Received> out);
  /// Datagrams dropped because they were larger than a Buffer or empty.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Slots;
  Fd fd_;
  Address local_;
  std::unique_ptr<Slots> slots_;
  std::uint64_t dropped_ = 0;
};

}  // namespace plenum::io
