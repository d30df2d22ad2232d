#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plenum::control {

/// How a participant takes part (videosdk-api 5.7): sends and receives media, only receives, or
/// neither.
enum class Mode : std::uint8_t { send_and_recv, recv_only, signalling_only };

struct ModeName {
  Mode mode;
  const char* name;
};
/// The first name of a mode is the one to say; the others are former ones.
inline constexpr std::array kModeNames = {
    ModeName{Mode::send_and_recv, "SEND_AND_RECV"},     ModeName{Mode::recv_only, "RECV_ONLY"},
    ModeName{Mode::signalling_only, "SIGNALLING_ONLY"}, ModeName{Mode::send_and_recv, "CONFERENCE"},
    ModeName{Mode::signalling_only, "VIEWER"},
};

constexpr const char* mode_name(Mode mode) {
  return std::ranges::find(kModeNames, mode, &ModeName::mode)->name;
}

constexpr std::optional<Mode> mode_from(std::string_view name) {
  const auto found = std::ranges::find_if(
      kModeNames, [&](const ModeName& n) { return std::string_view(n.name) == name; });
  if (found == kModeNames.end()) return std::nullopt;
  return found->mode;
}

}  // namespace plenum::control
