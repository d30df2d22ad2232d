#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plenum::control {

enum class EgressKind : std::uint8_t { recording, livestream, hls };
/// `starting` → `started` → (hls: `playable`) → `stopping` → `stopped`; `failed` from any but the
/// last.
enum class EgressState : std::uint8_t { starting, started, playable, stopping, stopped, failed };

constexpr std::string_view egress_kind_name(EgressKind kind) {
  constexpr std::string_view kNames[] = {"recording", "livestream", "hls"};
  return kNames[static_cast<std::size_t>(kind)];
}
constexpr std::string_view egress_state_name(EgressState state) {
  constexpr std::string_view kNames[] = {"starting", "started", "playable",
                                         "stopping", "stopped", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

/// How the room is to be shown. Words of the API (videosdk-api 6), checked; empty = default. Type,
/// priority and theme in upper case, orientation and quality in lower.
struct EgressLayout {
  std::string type, priority, orientation, theme, quality;
  /// 0 = as many as fit, else 1 … 25.
  std::uint32_t grid_size = 0;
  friend bool operator==(const EgressLayout&, const EgressLayout&) = default;
};

/// Where a livestream goes: to `url`, a slash, and `secret`, the stream key, which is not shown.
struct EgressTarget {
  std::string url, secret;
  friend bool operator==(const EgressTarget&, const EgressTarget&) = default;
};

/// A recording, livestream or HLS stream of a room, and how far it is.
struct EgressJob {
  /// 24 hex digits.
  std::string id;
  EgressKind kind = EgressKind::recording;
  EgressState state = EgressState::starting;
  std::string api_key;
  /// The room's name, which is its roomId, and the session it was started in.
  std::string room, session;
  EgressLayout layout{};
  bool audio_only = false;
  std::vector<EgressTarget> targets{};
  /// JSON of the caller's `config`, to be shown again.
  std::string config = "{}";
  /// Told of this job's changes besides those who are told of all; empty = nobody.
  std::string webhook_url;
  /// Milliseconds since 1970; 0 = not yet.
  std::int64_t created_ms = 0, started_ms = 0, ended_ms = 0;
  /// Below the data directory: the file, or the folder of an HLS stream.
  std::string path;
  std::uint64_t bytes = 0;
  std::uint64_t duration_ms = 0;
  std::uint32_t width = 0, height = 0;
  /// Why it failed, for people; without secrets.
  std::string error;
  friend bool operator==(const EgressJob&, const EgressJob&) = default;
};

}  // namespace plenum::control
