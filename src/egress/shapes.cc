#include "egress/shapes.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace plenum::egress {
namespace {

struct Point {
  float x = 0, y = 0;
};
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
float dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }
float length(Point p) { return std::sqrt(dot(p, p)); }

// Signed distances to outlines: negative inside.

float to_box(Point p, Point centre, Point half, float radius) {
  const Point q{std::abs(p.x - centre.x) - half.x + radius,
                std::abs(p.y - centre.y) - half.y + radius};
  const Point outside{std::max(q.x, 0.0f), std::max(q.y, 0.0f)};
  return length(outside) + std::min(std::max(q.x, q.y), 0.0f) - radius;
}

float to_stroke(Point p, Point a, Point b, float half_width) {
  const Point ab = b - a, ap = p - a;
  const float t = std::clamp(dot(ap, ab) / dot(ab, ab), 0.0f, 1.0f);
  return length(ap - Point{ab.x * t, ab.y * t}) - half_width;
}

/// The lower half of a circle.
float to_lower_arc(Point p, Point centre, float radius, float half_width) {
  const Point q{std::abs(p.x - centre.x), p.y - centre.y};
  const float line = q.y > 0 ? std::abs(length(q) - radius) : length(q - Point{radius, 0});
  return line - half_width;
}

/// `distance` maps the middle of a pixel to its distance in pixels.
template <class Distance>
AlphaBitmap rasterise(int width, int height, Distance distance) {
  AlphaBitmap bitmap(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Point middle{static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f};
      const float coverage = std::clamp(0.5f - distance(middle), 0.0f, 1.0f);
      bitmap.row(y)[x] = static_cast<std::uint8_t>(coverage * 255 + 0.5f);
    }
  }
  return bitmap;
}

Point half_of(Size s) {
  return {static_cast<float>(s.width) / 2, static_cast<float>(s.height) / 2};
}

}  // namespace

AlphaBitmap rounded_rect(Size size, int radius) {
  const Point half = half_of(size);
  return rasterise(size.width, size.height,
                   [&](Point p) { return to_box(p, half, half, static_cast<float>(radius)); });
}

AlphaBitmap disc(int diameter) { return rounded_rect({diameter, diameter}, diameter / 2); }

AlphaBitmap muted_microphone(int side) {
  const float unit = static_cast<float>(side) / 24;  // drawn on a grid of 24
  return rasterise(side, side, [&](Point pixel) {
    const Point p{pixel.x / unit, pixel.y / unit};
    const float capsule = to_stroke(p, {12, 5.2f}, {12, 10.8f}, 3.3f);
    const float cradle = to_lower_arc(p, {12, 10.8f}, 6.4f, 1.15f);
    const float stand = to_stroke(p, {12, 17.2f}, {12, 21}, 1.15f);
    const float slash = to_stroke(p, {3.5f, 3}, {20.5f, 21}, 1.3f);
    const float microphone = std::min({capsule, cradle, stand});
    return unit * std::min(slash, std::max(microphone, 1.5f - slash));
  });
}

AlphaBitmap person(int side) {
  const float unit = static_cast<float>(side) / 24;
  return rasterise(side, side, [&](Point pixel) {
    const Point p{pixel.x / unit, pixel.y / unit};
    const float head = length(p - Point{12, 9}) - 3.9f;
    const float shoulders = to_box(p, {12, 22}, {7.4f, 7.2f}, 6.4f);
    const float frame = length(p - Point{12, 12}) - 12;
    return unit * std::max(std::min(head, shoulders), frame);
  });
}

RingMask ring_mask(Size size, int radius, int thickness) {
  const Point half = half_of(size);
  const auto t = static_cast<float>(thickness);
  const float inner_radius = std::max(0.0f, static_cast<float>(radius) - t);
  const auto to_frame = [&](Point p) {
    return -to_box(p, half, {half.x - t, half.y - t}, inner_radius);
  };
  const int corner = (std::max(radius, thickness) + 3) / 2 * 2;
  const int edge = (thickness + 1) / 2 * 2;
  const float middle = half.y;
  const auto width = static_cast<float>(size.width), height = static_cast<float>(size.height);
  RingMask mask;
  mask.top = rasterise(size.width, corner, to_frame);
  mask.bottom = rasterise(size.width, corner, [&](Point p) {
    return to_frame({p.x, height - static_cast<float>(corner) + p.y});
  });
  mask.left = rasterise(edge, 1, [&](Point p) { return to_frame({p.x, middle}); });
  mask.right = rasterise(edge, 1, [&](Point p) {
    return to_frame({width - static_cast<float>(edge) + p.x, middle});
  });
  return mask;
}

}  // namespace plenum::egress
