#include "egress/tile_chrome.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "egress/display_name.h"

namespace plenum::egress {
namespace {

constexpr float kPlateOpacity = 0.62f;
constexpr Rgb kMuted{0xff, 0x6b, 0x63}, kMutedOnLight{0xd3, 0x2f, 0x2f};
constexpr Rgb kInitials{0xff, 0xff, 0xff};
/// All dark enough for white letters on them.
constexpr std::array<Rgb, 12> kAvatarColours{{{0x3b, 0x6f, 0xd4},
                                              {0x7a, 0x52, 0xc7},
                                              {0xb0, 0x47, 0xa8},
                                              {0xc9, 0x3f, 0x6e},
                                              {0xc9, 0x4f, 0x3d},
                                              {0xb5, 0x66, 0x1d},
                                              {0x8a, 0x7a, 0x1a},
                                              {0x4f, 0x85, 0x2b},
                                              {0x1f, 0x87, 0x5b},
                                              {0x17, 0x83, 0x8f},
                                              {0x2b, 0x79, 0xb5},
                                              {0x5d, 0x6b, 0x82}}};

int even(int v) { return v / 2 * 2; }
int even_up(int v) { return (v + 1) / 2 * 2; }

/// FNV-1a: the same colour on every host and in every run.
std::uint32_t hash(std::string_view text) {
  std::uint32_t h = 2166136261u;
  for (const char c : text) h = (h ^ static_cast<std::uint8_t>(c)) * 16777619u;
  return h;
}

/// The smallest rectangle that holds all ink.
Rect ink_of(const AlphaBitmap& bitmap) {
  int left = bitmap.width, right = 0, top = bitmap.height, bottom = 0;
  for (int y = 0; y < bitmap.height; ++y) {
    for (int x = 0; x < bitmap.width; ++x) {
      if (bitmap.row(y)[x] == 0) continue;
      left = std::min(left, x);
      right = std::max(right, x + 1);
      top = std::min(top, y);
      bottom = y + 1;
    }
  }
  return {left, top, std::max(0, right - left), std::max(0, bottom - top)};
}

std::size_t bytes_of(const Overlay& o) { return o.alpha().pixels.size() * 5 / 2 + 256; }
std::size_t bytes_of(const AlphaBitmap& b) { return b.pixels.size() + 256; }
std::size_t bytes_of(const RingMask& m) { return bytes_of(m.top) + bytes_of(m.bottom); }

}  // namespace

TileMeasures measures_of(Size tile, Size canvas) {
  const int shorter = std::min(tile.width, tile.height);
  const int canvas_shorter = std::min(canvas.width, canvas.height);
  TileMeasures m;
  if (tile != canvas && shorter >= 32) {
    m.radius = even(std::clamp(shorter / 16, 4, std::max(6, canvas_shorter / 60)));
  }
  m.ring = shorter >= 160 ? 3 : 2;
  m.line_height = std::clamp(shorter / 9, 16, std::max(18, canvas_shorter / 28));
  m.margin = even_up(std::max(4, m.line_height / 3));
  m.avatar = even(std::min(shorter * 45 / 100, canvas_shorter / 3));
  return m;
}

template <class Key, class Value>
template <class Make>
const Value& TileChrome::Store<Key, Value>::get(Key key, Make make) {
  if (const auto known = values.find(key); known != values.end()) return known->second;
  Value made = make(key);
  const std::size_t size = bytes_of(made);
  if (bytes + size > kMaxStoredBytes) clear();
  bytes += size;
  return values.emplace(std::move(key), std::move(made)).first->second;
}

template <class Key, class Value>
void TileChrome::Store<Key, Value>::clear() {
  values.clear();
  bytes = 0;
}

void TileChrome::set_palette(Palette palette) {
  palette_ = palette;
  labels_.clear();
}

const Overlay& TileChrome::label(std::string_view name, bool muted, Size tile,
                                 const TileMeasures& m) {
  LabelKey key{.name = std::string(name.substr(0, kMaxNameBytes)),
               .muted = muted,
               .room = tile.width - 2 * m.margin,
               .line_height = m.line_height};
  return labels_.get(std::move(key), [this](const LabelKey& k) { return draw_label(k); });
}

Overlay TileChrome::draw_label(const LabelKey& key) {
  const int line = key.line_height;
  const int padding = std::max(4, line * 3 / 8), icon = key.muted ? line * 5 / 6 : 0;
  const int icon_gap = key.muted ? std::max(3, line / 5) : 0;
  const int room = key.room - 2 * padding - icon - icon_gap;
  const AlphaBitmap name = text_.draw(key.name, line, room);
  if (name.empty() && !key.muted) return {};
  const int content = icon + (name.empty() ? 0 : icon_gap + name.width);
  const Size size{even_up(content + 2 * padding), even_up(line + line / 4)};
  if (size.width > key.room) return {};
  const bool light_text = to_yuv(palette_.text).y >= 126;
  OverlayPainter painter(size);
  painter.paint(rounded_rect(size, size.height / 4), 0, 0,
                light_text ? Rgb{0, 0, 0} : Rgb{0xff, 0xff, 0xff}, kPlateOpacity);
  if (key.muted) {
    painter.paint(muted_microphone(icon), padding, (size.height - icon) / 2,
                  light_text ? kMuted : kMutedOnLight);
  }
  painter.paint(name, padding + icon + icon_gap, (size.height - line) / 2, palette_.text);
  return painter.finish();
}

const Overlay& TileChrome::avatar(std::string_view identity, std::string_view name, int diameter) {
  AvatarKey key{.identity = std::string(identity.substr(0, kMaxNameBytes)),
                .name = std::string(name.substr(0, kMaxNameBytes)),
                .diameter = diameter};
  return avatars_.get(std::move(key), [this](const AvatarKey& k) { return draw_avatar(k); });
}

Overlay TileChrome::draw_avatar(const AvatarKey& key) {
  const int d = key.diameter;
  OverlayPainter painter({d, d});
  painter.paint(disc(d), 0, 0, kAvatarColours[hash(key.identity) % kAvatarColours.size()]);
  // Capitals of Noto Sans are 0.52 of the line: about a third of the disc. Wider letters become
  // smaller rather than being cut.
  const std::u32string text = initials(displayable(key.name));
  const int line = d * 62 / 100, room = d * 72 / 100;
  AlphaBitmap letters = text_.draw(text, line, 4 * d);
  Rect ink = ink_of(letters);
  if (ink.width > room) {
    letters = text_.draw(text, line * room / ink.width, 4 * d);
    ink = ink_of(letters);
  }
  if (ink.width == 0) {
    painter.paint(person(d), 0, 0, kInitials, 0.9f);
  } else {
    painter.paint(letters, (d - ink.width) / 2 - ink.x, (d - ink.height) / 2 - ink.y, kInitials);
  }
  return painter.finish();
}

const RingMask& TileChrome::ring(Size tile, const TileMeasures& m) {
  return rings_.get({tile.width, tile.height, m.radius, m.ring},
                    [&](const RingKey&) { return ring_mask(tile, m.radius, m.ring); });
}

const AlphaBitmap& TileChrome::corners(int radius) {
  return corners_.get(radius, [](int r) {
    AlphaBitmap outside = rounded_rect({2 * r, 2 * r}, r);
    for (std::uint8_t& alpha : outside.pixels) alpha = static_cast<std::uint8_t>(255 - alpha);
    return outside;
  });
}

}  // namespace plenum::egress
