#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "egress/file_sink.h"
#include "egress/scene.h"

namespace plenum::egress {

struct OfflinePlan {
  /// Manifests of what was recorded, 1 to 1000; their files lie beside them.
  std::vector<std::string> manifests{};
  /// The new file. Must not exist.
  std::string output{};
  Container container = Container::mp4;
  LayoutConfig layout{};
  bool audio_only = false;
};

struct OfflineResult {
  Duration duration{};
  std::uint64_t bytes = 0;
};

/// Composes what was recorded without composition, as a live job would have: the same layouts,
/// encoders and files, as fast as the machine can. `on_progress` is told after each frame how much
/// is done and how long the whole is about. Under its name the output is there whole or not at all;
/// until then it grows beside it, with ".part" appended. The error is a sentence for the operator
/// and may hold names from the manifest.
Result<OfflineResult, std::string> compose_offline(
    const OfflinePlan& plan, const std::function<void(Duration done, Duration all)>& on_progress);

}  // namespace plenum::egress
