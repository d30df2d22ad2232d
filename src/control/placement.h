#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace plenum::control {

/// Which shard a new participant goes to. `pack` keeps a room on one shard so that no packet has
/// to cross threads, and overflows to the emptiest shard above a limit; `spread` deals them out.
class Placement {
 public:
  enum class Policy : std::uint8_t { pack, spread };

  Placement(Policy policy, std::uint32_t shards, std::uint32_t pack_limit)
      : policy_(policy), pack_limit_(pack_limit), load_(shards) {}

  ShardId place(std::string_view room_name);
  void release(ShardId shard);
  std::uint32_t load(ShardId shard) const { return load_.at(shard.value()); }

 private:
  Policy policy_;
  std::uint32_t pack_limit_;
  std::vector<std::uint32_t> load_;
  std::size_t next_ = 0;
};

}  // namespace plenum::control
