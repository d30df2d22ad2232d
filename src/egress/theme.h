#pragma once
#include "egress/colour.h"

namespace plenum::egress {

/// The colours of a scene. `text` also decides whether plates behind names are dark or light.
struct Theme {
  Rgb background{0x12, 0x14, 0x19};
  Rgb tile{0x24, 0x28, 0x31};
  Rgb text{0xff, 0xff, 0xff};
  Rgb accent{0x3d, 0x9b, 0xff};
  friend bool operator==(const Theme&, const Theme&) = default;
};

}  // namespace plenum::egress
