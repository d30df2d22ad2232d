#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "egress/picture.h"

namespace plenum::egress {

/// Which simulcast layer fits a tile: the lowest that need not be enlarged by more than a quarter.
/// The layer that is `current` stays until it would have to be enlarged by more than half, or until
/// the one below would fit without enlarging. `layers` lowest first; 0 where nothing is known.
std::uint8_t choose_layer(std::span<const Size> layers, Size tile,
                          std::optional<std::uint8_t> current);

}  // namespace plenum::egress
