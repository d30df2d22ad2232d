#include "egress/layer_choice.h"

#include <algorithm>

namespace plenum::egress {
namespace {

/// By how much a layer is enlarged to fill a tile. A size of 0 is not known: without end.
double enlargement(Size layer, Size tile) {
  if (layer.width <= 0 || layer.height <= 0) return 1e9;
  return std::max(double(tile.width) / layer.width, double(tile.height) / layer.height);
}

}  // namespace

std::uint8_t choose_layer(std::span<const Size> layers, Size tile,
                          std::optional<std::uint8_t> current) {
  if (layers.size() < 2) return 0;
  const auto lowest_within = [&](double most) {
    const auto at =
        std::ranges::find_if(layers, [&](Size layer) { return enlargement(layer, tile) <= most; });
    const auto index = std::min<std::ptrdiff_t>(at - layers.begin(), std::ssize(layers) - 1);
    return static_cast<std::uint8_t>(index);
  };
  if (!current || *current >= layers.size()) return lowest_within(1.25);
  if (enlargement(layers[*current], tile) > 1.5) return lowest_within(1.25);
  return std::min(*current, lowest_within(1));
}

}  // namespace plenum::egress
