#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/address.h"
#include "base/bytes.h"

namespace plenum::io {

class UdpSocket;

/// What became of the datagrams of one flush().
struct SendResult {
  std::uint64_t sent = 0;
  std::uint64_t sent_bytes = 0;
  /// Refused by the kernel, or dropped because the socket's buffer was full.
  std::uint64_t errors = 0;
};

/// The send side of one socket: ciphertext is written once, straight into this arena, and leaves
/// by sendmmsg, runs of equal datagrams to one destination as one UDP_SEGMENT message
/// (udp(7), generic segmentation offload). Allocates only when constructed. One thread.
class TransmitBatch {
 public:
  struct Config {
    /// Stays within a core's L2 together with what else a shard touches.
    std::size_t arena_bytes = 512 * 1024;
    std::size_t max_messages = 4096;
    bool segmentation_offload = true;
  };
  /// No datagram may be larger.
  static constexpr std::size_t kMaxDatagram = 2048;

  TransmitBatch();
  explicit TransmitBatch(Config config);
  TransmitBatch(TransmitBatch&&) noexcept;
  TransmitBatch& operator=(TransmitBatch&&) noexcept;
  ~TransmitBatch();

  /// No room for another datagram of kMaxDatagram bytes: flush() first.
  bool full() const;
  bool empty() const { return messages_.empty(); }

  /// Room for one datagram of up to `max` (≤ kMaxDatagram) bytes; empty when full(). The next
  /// reserve() without a commit() hands out the same memory.
  MutableBytes reserve(std::size_t max);
  /// The first `size` bytes of the last reserve() go to `to`. Size 0 sends nothing.
  void commit(std::size_t size, const Address& to);

  /// Sends everything and empties the arena. Never blocks: what a full socket buffer refuses is
  /// media that would come late, so it is dropped and counted.
  SendResult flush(const UdpSocket& socket);

  /// False once the kernel has refused segmentation (no checksum offload on the way out).
  bool segmentation_offload() const { return offload_; }

 private:
  /// `datagrams` datagrams of `segment` bytes each, the last one perhaps shorter, back to back.
  struct Message {
    Address to;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::uint16_t segment = 0;
    std::uint16_t datagrams = 0;
  };
  struct Headers;

  bool extends_last(std::size_t size, const Address& to) const;
  std::size_t send_some(int fd, std::size_t from, SendResult& result);
  void send_apart(int fd, const Message& message, SendResult& result);
  void note_refused_offload(int error, const Address& to);

  std::unique_ptr<std::byte[]> arena_;
  std::unique_ptr<Headers> headers_;
  std::vector<Message> messages_;
  std::size_t arena_bytes_;
  std::size_t max_messages_;
  std::size_t used_ = 0;
  std::size_t reserved_ = 0;
  bool offload_;
  /// So many networks that refused, and none that did not between them, are about the machine; one
  /// alone may have a small MTU.
  static constexpr std::size_t kRefusalsBelieved = 8;
  std::array<Address, kRefusalsBelieved> refused_by_;
  std::size_t refused_in_a_row_ = 0;
};

}  // namespace plenum::io
