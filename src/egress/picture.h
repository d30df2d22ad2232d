#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace plenum::egress {

struct Size {
  int width = 0, height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

/// In pixels of the canvas. Of tiles always even, so that chroma has whole samples.
struct Rect {
  int x = 0, y = 0, width = 0, height = 0;
  friend bool operator==(const Rect&, const Rect&) = default;
};

/// A picture that somebody else owns: I420, 8 bits, limited range.
struct PictureView {
  Size size;
  const std::uint8_t *y = nullptr, *u = nullptr, *v = nullptr;
  int stride_y = 0, stride_u = 0, stride_v = 0;
};

/// An owned I420 picture of even size.
class Picture {
 public:
  Picture() = default;
  explicit Picture(Size size)
      : size_(size),
        bytes_(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 3 /
               2) {}

  Size size() const { return size_; }
  std::uint8_t* y() { return bytes_.data(); }
  std::uint8_t* u() { return y() + luma(); }
  std::uint8_t* v() { return u() + luma() / 4; }
  int stride_y() const { return size_.width; }
  int stride_uv() const { return size_.width / 2; }
  PictureView view() const {
    const std::uint8_t* base = bytes_.data();
    return {.size = size_,
            .y = base,
            .u = base + luma(),
            .v = base + luma() + luma() / 4,
            .stride_y = stride_y(),
            .stride_u = stride_uv(),
            .stride_v = stride_uv()};
  }

 private:
  std::size_t luma() const {
    return static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height);
  }
  Size size_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace plenum::egress
