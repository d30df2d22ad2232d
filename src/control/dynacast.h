#pragma once
#include <optional>
#include <vector>

#include "base/time.h"
#include "control/types.h"

namespace plenum::control {

/// Tells a publisher which qualities of a video track anyone wants, per codec (livekit-wire 6.3):
/// more at once, less only after a while, nothing while muted. Sans-I/O.
class Dynacast {
 public:
  struct Config {
    /// With the client's own delay a layer that nobody wants stops within 5 s.
    Duration decrease_after = 4s;
    /// After publishing, while subscribers are still arriving.
    Duration first_after = 4s;
  };

  /// `codecs`: primary first. A client begins by sending the primary at all qualities and no
  /// backup; that is what this assumes until the first report.
  Dynacast(Config config, std::size_t codecs, TimePoint published);

  /// Highest quality that any subscriber wants of each codec, `off` = none.
  void set_wanted(std::vector<VideoQuality> wanted, TimePoint now);
  void set_muted(bool muted) { muted_ = muted; }
  /// A resumed publisher must be told again.
  void repeat() { dirty_ = reported_once_ || dirty_; }
  void handle_timeout(TimePoint now);
  TimePoint next_timeout() const;
  /// What to tell the publisher now, per codec; nullopt = nothing new.
  std::optional<std::vector<VideoQuality>> poll();

 private:
  Config config_;
  TimePoint first_at_;
  TimePoint decrease_at_ = kNever;
  std::vector<VideoQuality> wanted_;
  std::vector<VideoQuality> told_;
  bool first_done_ = false;
  bool reported_once_ = false;
  bool muted_ = false;
  bool dirty_ = false;
};

}  // namespace plenum::control
