#pragma once
#include "egress/picture.h"

namespace plenum::egress {

/// Largest side of a picture that is scaled, in pixels.
inline constexpr int kMaxPictureSide = 16384;

/// The middle part of a picture of size `from` that has the shape of `to`: even corner and, unless
/// it reaches the picture's own odd edge, even size. What `cover` shows.
Rect centre_crop(Size from, Size to);
/// The largest even rectangle of the shape of `from` in the middle of `into`: what `contain` fills.
Rect fit_inside(Size from, Rect into);

/// Scales all of `from` (1 to kMaxPictureSide a side, odd sizes too) into an even rectangle within
/// `to`. Averages when shrinking, interpolates when enlarging (libyuv box and bilinear); same
/// sizes are copied.
void scale_into(const PictureView& from, Picture& to, Rect where);
Picture scaled(const PictureView& from, Size to);

}  // namespace plenum::egress
