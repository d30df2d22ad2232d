#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "egress/alpha_bitmap.h"
#include "egress/colour.h"
#include "egress/picture.h"

namespace plenum::egress {

/// The part of a picture within `part`, whose corner is at even coordinates.
PictureView crop(const PictureView& picture, Rect part);

/// Everything below draws on even rectangles that lie within the picture.
void fill(Picture& on, Rect where, Yuv colour);
/// `from` has the size of `where`.
void copy(const PictureView& from, Picture& on, Rect where);

/// One alpha for each pixel of `where`; a stride of 0 repeats the row.
struct Mask {
  const std::uint8_t* alpha = nullptr;
  int stride = 0;
};
/// 255 shows `from` alone, 0 what is there. `from` has the size of `where`.
void blend(const PictureView& from, Mask mask, Picture& on, Rect where);
void blend(Yuv colour, Mask mask, Picture& on, Rect where);

/// A small drawing with transparency, of even size: prepared once, laid on pictures many times.
class Overlay {
 public:
  Overlay() = default;
  Overlay(Picture colours, AlphaBitmap alpha)
      : colours_(std::move(colours)), alpha_(std::move(alpha)) {}

  bool empty() const { return alpha_.empty(); }
  Size size() const { return colours_.size(); }
  const AlphaBitmap& alpha() const { return alpha_; }
  /// With its upper left corner at an even place where all of it is within the picture.
  void lay_on(Picture& on, int x, int y) const;

 private:
  Picture colours_;
  AlphaBitmap alpha_;
};

/// Builds an overlay from shapes, each painted over those before.
class OverlayPainter {
 public:
  /// Even size.
  explicit OverlayPainter(Size size);
  /// `opacity` 0 to 1. What reaches beyond the overlay is cut off.
  void paint(const AlphaBitmap& shape, int x, int y, Rgb colour, float opacity = 1);
  Overlay finish() const;

 private:
  struct Pixel {
    float y = 0, u = 0, v = 0, alpha = 0;  // premultiplied
  };
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) +
           static_cast<std::size_t>(x);
  }

  Size size_;
  std::vector<Pixel> pixels_;
};

}  // namespace plenum::egress
