#pragma once
#include "egress/colour.h"

namespace plenum::egress {

/// The colours of a scene: between the tiles; of a tile without picture and the bars beside one
/// that is contained; of what is written; of the ring of who speaks. `text` also decides whether
/// plates behind names are dark or light.
struct Palette {
  Rgb background{0x12, 0x14, 0x19};
  Rgb tile{0x24, 0x28, 0x31};
  Rgb text{0xff, 0xff, 0xff};
  Rgb accent{0x3d, 0x9b, 0xff};
  friend bool operator==(const Palette&, const Palette&) = default;
};

}  // namespace plenum::egress
