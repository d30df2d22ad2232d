#pragma once
#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

#include "shard/messages.h"

namespace plenum::control {

/// Control's way down to the shards. Order per shard is kept: when a ring is full, commands wait
/// here and flush() tries again. Lossy data does not wait, it is dropped and counted.
class Shards {
 public:
  /// False = the ring is full and the command untouched.
  using Post = std::function<bool(ShardId, shard::Command&&)>;

  /// More waiting commands than this mean a dead shard; then commands are dropped and counted.
  static constexpr std::size_t kMaxWaiting = 100'000;

  Shards(std::uint32_t count, Post post) : post_(std::move(post)), waiting_(count) {}

  std::uint32_t count() const { return static_cast<std::uint32_t>(waiting_.size()); }
  void post(ShardId to, shard::Command command);
  /// Tries what waits. True when nothing waits any more.
  bool flush();
  bool waiting() const;
  std::uint64_t dropped() const { return dropped_; }

 private:
  Post post_;
  std::vector<std::deque<shard::Command>> waiting_;
  std::uint64_t dropped_ = 0;
};

}  // namespace plenum::control
