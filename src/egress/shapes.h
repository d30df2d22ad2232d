#pragma once
#include "egress/alpha_bitmap.h"
#include "egress/picture.h"

namespace plenum::egress {

/// Shapes with smooth edges, drawn from their distance functions; all sizes in pixels.

AlphaBitmap rounded_rect(Size size, int radius);
AlphaBitmap disc(int diameter);
/// A microphone that is struck through, in a square.
AlphaBitmap muted_microphone(int side);
/// Head and shoulders in a square, for who has no name; shoulders are cut by the disc of that size.
AlphaBitmap person(int side);

/// The frame along the inner edge of a rounded rectangle, in the four strips that hold all of it.
/// What lies outside the rounded rectangle counts as frame, so that one smooth edge can be cut
/// afterwards for picture and frame alike.
struct RingMask {
  AlphaBitmap top, bottom;  // as wide as the rectangle, even height
  AlphaBitmap left, right;  // one row of even width, the same for all rows between
};
/// The rectangle is at least twice as high and wide as `radius` + `thickness` + 4.
RingMask ring_mask(Size size, int radius, int thickness);

}  // namespace plenum::egress
