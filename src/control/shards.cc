#include "control/shards.h"

#include <algorithm>

namespace plenum::control {
namespace {

bool may_be_dropped(const shard::Command& command) {
  const auto* data = std::get_if<shard::SendData>(&command);
  return data && data->channel != shard::DataChannel::reliable;
}

}  // namespace

void Shards::post(ShardId to, shard::Command command) {
  auto& queue = waiting_.at(to.value());
  if (queue.empty() && post_(to, std::move(command))) return;
  if (may_be_dropped(command) || queue.size() >= kMaxWaiting) {
    ++dropped_;
    return;
  }
  queue.push_back(std::move(command));
}

bool Shards::flush() {
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    auto& queue = waiting_[i];
    const ShardId to(static_cast<std::uint32_t>(i));
    while (!queue.empty() && post_(to, std::move(queue.front()))) queue.pop_front();
  }
  return !waiting();
}

bool Shards::waiting() const {
  return std::any_of(waiting_.begin(), waiting_.end(), [](const auto& q) { return !q.empty(); });
}

}  // namespace plenum::control
