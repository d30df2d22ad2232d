#pragma once
#include <cstddef>

#include "base/address.h"
#include "base/bytes.h"

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
};

}  // namespace plenum::shard
