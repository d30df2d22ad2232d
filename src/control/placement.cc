#include "control/placement.h"

#include <algorithm>
#include <functional>

namespace plenum::control {

ShardId Placement::place(std::string_view room_name) {
  std::size_t chosen = 0;
  if (policy_ == Policy::spread) {
    chosen = next_++ % load_.size();
  } else {
    chosen = std::hash<std::string_view>{}(room_name) % load_.size();
    if (load_[chosen] >= pack_limit_)
      chosen =
          static_cast<std::size_t>(std::min_element(load_.begin(), load_.end()) - load_.begin());
  }
  ++load_[chosen];
  return ShardId(static_cast<std::uint32_t>(chosen));
}

void Placement::release(ShardId shard) {
  auto& load = load_.at(shard.value());
  if (load > 0) --load;
}

}  // namespace plenum::control
