#pragma once
#include <cstddef>

#include "base/buffer.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/rtp/header.h"

namespace plenum::rtp {

/// A plaintext packet as it travels from the publisher's peer to the track and lies in the cache.
/// Moving it leaves the bytes where they are, so that views into them stay valid.
struct Packet {
  Buffer buffer;
  Header header;
  ExtSeq seq;
  /// Header, payload and padding, without the SRTP tag that may lie behind them in `buffer`.
  std::size_t size = 0;
  TimePoint arrival{};

  Bytes bytes() const { return buffer.bytes().first(size); }
  /// Without padding.
  Bytes payload() const {
    return buffer.bytes().subspan(header.payload_offset,
                                  size - header.payload_offset - header.padding);
  }
};

}  // namespace plenum::rtp
