// Names that callers give to what an egress writes, with {templates} (livekit-wire 9.3).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "api/livekit/twirp.h"
#include "base/result.h"

namespace plenum::livekit_api {

/// What templates stand for; those whose fact is empty stay as they are.
struct PathFacts {
  std::string room_name{}, room_id{};
  /// Milliseconds since 1970: {time} and {utc}.
  std::int64_t unix_ms = 0;
  std::string publisher_identity{}, track_id{}, track_type{}, track_source{};
};

/// Longest name, in bytes.
inline constexpr std::size_t kMaxPathBytes = 1024;

/// `path` with its templates filled in and `extension` (".mp4") at its end; a folder ("x/") and ""
/// get a name of room and time. Relative and without "..", also in what templates stand for: it is
/// only a name here, but callers may take it for a place.
Result<std::string, twirp::Error> egress_path(std::string_view path, std::string_view extension,
                                              const PathFacts& facts);

}  // namespace plenum::livekit_api
