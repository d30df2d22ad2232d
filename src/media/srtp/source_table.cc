#include "media/srtp/source_table.h"

#include <algorithm>

namespace plenum::srtp {

ReplayWindow* SourceTable::find(Ssrc ssrc) {
  const auto at = std::ranges::find(ssrcs_, ssrc.value());
  if (at == ssrcs_.end()) return nullptr;
  const auto i = static_cast<std::size_t>(at - ssrcs_.begin());
  last_used_[i] = ++uses_;
  return &windows_[i];
}

ReplayWindow& SourceTable::add(Ssrc ssrc) {
  if (ssrcs_.size() < kMaxSources) {
    ssrcs_.push_back(ssrc.value());
    last_used_.push_back(++uses_);
    return windows_.emplace_back();
  }
  const auto oldest = std::ranges::min_element(last_used_);
  const auto i = static_cast<std::size_t>(oldest - last_used_.begin());
  ssrcs_[i] = ssrc.value();
  last_used_[i] = ++uses_;
  return windows_[i] = ReplayWindow{};
}

}  // namespace plenum::srtp
