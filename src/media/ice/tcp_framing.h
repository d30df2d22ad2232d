#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/result.h"

/// Datagrams over a TCP connection: a 16-bit length before each (RFC 4571 section 2, as ICE-TCP,
/// RFC 6544 section 3, uses it). No socket here.
namespace plenum::ice {

enum class FramingError : std::uint8_t {
  frame_too_long,  ///< longer than a Buffer: the connection is of no use any more
  too_much_unread,
};

/// Cuts the received stream into datagrams. Bounded: it holds at most kMaxUnread bytes.
class TcpDeframer {
 public:
  static constexpr std::size_t kMaxUnread = 65536 + 2 + Buffer::kCapacity;

  /// Takes what the socket gave. After an error close the connection; nothing more comes out.
  Status<FramingError> push(Bytes stream);
  /// The next complete datagram. Drain it after each push. Frames of length 0 are skipped.
  std::optional<Buffer> next();

 private:
  std::optional<FramingError> check_lengths();
  std::vector<std::byte> unread_;
  std::size_t at_ = 0;
  /// Where the first frame header stands whose length is not checked yet; may lie beyond the end.
  std::size_t checked_ = 0;
  bool broken_ = false;
};

inline constexpr std::size_t kFrameHeaderSize = 2;

/// The two bytes to send before a datagram of this size.
constexpr std::array<std::byte, kFrameHeaderSize> frame_header(std::uint16_t datagram_bytes) {
  return {static_cast<std::byte>(datagram_bytes >> 8), static_cast<std::byte>(datagram_bytes)};
}
/// Writes that header to the first two bytes of `out`.
constexpr void write_frame_header(MutableBytes out, std::uint16_t datagram_bytes) {
  put_be(out, 0, kFrameHeaderSize, datagram_bytes);
}

}  // namespace plenum::ice
