// A recording, live stream or HLS stream in LiveKit's words (livekit-wire 9.3), whichever API
// started it.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "control/egress_job.h"
#include "proto/livekit_egress.pb.h"

namespace plenum::livekit_api {

/// URLs of what was written. `now_ms`: from when a file's link holds (since 1970).
struct EgressLinks {
  std::function<std::string(const control::EgressOutput& file, std::int64_t now_ms)> file{};
  /// All segments since the beginning, and the live edge only.
  std::function<std::string(const control::EgressJob&)> playback{}, live{};
};

/// A job, the sid of the room it was started in ("" = not known), and when it changed last.
struct EgressView {
  control::EgressJob job{};
  std::string room_sid{};
  std::int64_t updated_ms = 0;
};

/// Of stream keys at most the last two characters.
::livekit::EgressInfo egress_info(const EgressView& view, const EgressLinks& links,
                                  std::int64_t now_ms);
::livekit::EgressStatus egress_status(const control::EgressJob& job);

/// "EG_" and the job's id.
std::string egress_id(const control::EgressJob& job);
/// The job's id; "" for what cannot be one.
std::string job_id_of(std::string_view egress_id);

}  // namespace plenum::livekit_api
