#pragma once
#include <cstddef>

#include "base/address.h"
#include "base/bytes.h"
#include "base/ids.h"

namespace plenum::shard {

/// Where a shard's core puts what it sends: the sockets' send batches in the server, memory in the
/// tests. The core writes each packet once, straight into the sink's memory.
class DatagramSink {
 public:
  virtual ~DatagramSink() = default;
  /// Room for one datagram of up to max_bytes towards `path`; empty if it cannot be sent now.
  virtual MutableBytes reserve(const Path& path, std::size_t max_bytes) = 0;
  /// Sends the first `size` bytes of the last reserve(). 0 = send nothing.
  virtual void commit(const Path& path, std::size_t size) = 0;

  // Taps: listeners outside the shards. Nothing comes back from them here.
  virtual void open_tap(TapId, int socket) = 0;
  virtual void close_tap(TapId) = 0;
  /// One record, in two parts. False: it did not fit.
  virtual bool write_tap(TapId, Bytes header, Bytes body) = 0;
};

/// Of a sink without taps.
class NoTaps : public DatagramSink {
 public:
  void open_tap(TapId, int) override {}
  void close_tap(TapId) override {}
  bool write_tap(TapId, Bytes, Bytes) override { return false; }
};

}  // namespace plenum::shard
