#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "media/srtp/replay_window.h"

namespace plenum::srtp {

/// The replay windows of a transport's senders by SSRC. Bounded: when it is full the source that
/// was silent longest falls out (a participant that invents SSRCs forgets only its own).
class SourceTable {
 public:
  static constexpr std::size_t kMaxSources = 256;

  /// nullptr while nothing of this SSRC was accepted.
  ReplayWindow* find(Ssrc ssrc);
  /// The window of an SSRC that find() does not know. Only after authentication. Valid until the
  /// next add().
  ReplayWindow& add(Ssrc ssrc);
  std::size_t size() const { return ssrcs_.size(); }

 private:
  // Side by side rather than in one struct: the search runs over densely packed SSRCs, of which an
  // honest sender has a handful.
  std::vector<std::uint32_t> ssrcs_;
  std::vector<std::uint64_t> last_used_;
  std::vector<ReplayWindow> windows_;
  std::uint64_t uses_ = 0;
};

}  // namespace plenum::srtp
