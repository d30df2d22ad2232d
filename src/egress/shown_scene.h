#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "egress/palette.h"
#include "egress/scene.h"

namespace plenum::egress {

/// What is to be seen of one participant.
struct ShownMember {
  std::string name{};
  bool speaking = false, muted = false;
  /// Tracks that are published and not muted.
  std::optional<std::uint64_t> camera{}, screen{};
  friend bool operator==(const ShownMember&, const ShownMember&) = default;
};

/// The picture from one moment on: who is where, and with which track.
struct ShownScene {
  TimePoint since{};
  Palette palette{};
  std::vector<Tile> tiles{};
  /// By identity.
  std::map<std::string, ShownMember, std::less<>> members{};
};

}  // namespace plenum::egress
