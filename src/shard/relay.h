#pragma once
#include <memory>
#include <vector>

#include "base/spsc_byte_ring.h"
#include "sfu/relay_format.h"

namespace plenum::shard {

/// The rings between the shards of one process, one for each ordered pair. A record is a
/// sfu::RelayHeader and, for RTP, the packet as sfu::write_relay_packet() makes it. Shared by all
/// shards; each ring has one writer and one reader.
class RelayMesh {
 public:
  /// One video frame burst of many tracks; more than this in flight means the reader stalls.
  static constexpr std::size_t kRingBytes = 1 << 20;

  explicit RelayMesh(std::size_t shards) : shards_(shards), rings_(shards * shards) {
    for (std::size_t i = 0; i < rings_.size(); ++i)
      if (i / shards != i % shards) rings_[i] = std::make_unique<SpscByteRing>(kRingBytes);
  }
  std::size_t shards() const { return shards_; }
  SpscByteRing& ring(std::size_t from, std::size_t to) { return *rings_[from * shards_ + to]; }

 private:
  std::size_t shards_;
  std::vector<std::unique_ptr<SpscByteRing>> rings_;
};

}  // namespace plenum::shard
