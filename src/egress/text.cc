#include "egress/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "egress/display_name.h"

namespace plenum::egress {
namespace {

/// Ascent and line height of Noto Sans in em. Every line is set as if it were the font.
constexpr double kAscent = 1.069, kLineHeight = 1.362;
/// How much smaller than asked a line with tall letters is drawn at most.
constexpr double kMinShrink = 0.6;
constexpr int kOnePixel = 64;  // 26.6

struct FreeBuffer {
  void operator()(hb_buffer_t* buffer) const { hb_buffer_destroy(buffer); }
};

bool is_joiner(char32_t c) { return c == 0x200c || c == 0x200d; }

bool is_mark(char32_t c) {
  const auto kind = hb_unicode_general_category(hb_unicode_funcs_get_default(), c);
  return kind >= HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK &&
         kind <= HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK;
}

/// Spaces, punctuation and digits look best in the font of their neighbours.
bool follows_neighbour(char32_t c) {
  return hb_unicode_script(hb_unicode_funcs_get_default(), c) == HB_SCRIPT_COMMON;
}

/// To the nearest.
int to_pixels(int fixed) { return (fixed + kOnePixel / 2) >> 6; }

/// The greater of what is there and what comes: glyphs that join do not leave a darker seam.
void stamp(const Glyph& glyph, int x, int y, AlphaBitmap& onto) {
  const int from = std::max(0, -x), to = std::min(glyph.coverage.width, onto.width - x);
  for (int row = 0; row < glyph.coverage.height; ++row) {
    if (y + row < 0 || y + row >= onto.height) continue;
    const std::uint8_t* source = glyph.coverage.row(row);
    std::uint8_t* target = onto.row(y + row);
    for (int i = from; i < to; ++i) target[x + i] = std::max(target[x + i], source[i]);
  }
}

}  // namespace

AlphaBitmap Text::draw(std::string_view utf8, int line_height, int max_width) {
  return draw(displayable(utf8), line_height, max_width);
}

AlphaBitmap Text::draw(std::u32string_view name, int line_height, int max_width) {
  line_height = std::clamp(line_height, 8, 1024);
  if (max_width < 1) return {};
  const std::vector<TextCharacter> text = characters(name);
  double em_pixels = line_height / kLineHeight;
  Line line = fit(text, em_pixels, max_width);
  Ink ink = ink_of(line);
  if (ink.height() > line_height) {
    // Letters of some scripts are stacked higher than the line: all of it becomes smaller.
    em_pixels *= std::max(kMinShrink, double(line_height) / ink.height());
    line = fit(text, em_pixels, max_width);
    ink = ink_of(line);
  }
  return paint(line, ink, line_height, max_width);
}

Text::Line Text::fit(const std::vector<TextCharacter>& text, double em_pixels, int max_width) {
  const int em = std::max(1, static_cast<int>(em_pixels + 0.5));
  Line line = shape(text, em);
  return line.width > max_width * kOnePixel ? shorten(text, line, em, max_width) : line;
}

std::vector<TextCharacter> Text::characters(std::u32string_view name) {
  std::vector<TextCharacter> text;
  for (const char32_t c : name.substr(0, kMaxNameLength)) {
    std::optional<std::size_t> font;
    if (is_joiner(c) || is_mark(c)) {
      // Part of the character before; in a font of its own it would stand beside it. HarfBuzz may
      // compose what the font does not have by itself, but then the font has the mark as well.
      if (text.empty() || (is_mark(c) && !fonts_.covers(text.back().font, c))) continue;
      font = text.back().font;
    } else if (follows_neighbour(c) && !text.empty() && fonts_.covers(text.back().font, c)) {
      font = text.back().font;
    } else {
      font = fonts_.font_for(c);
    }
    if (font) text.push_back({.code_point = c, .font = *font});
  }
  // Spaces at the ends or side by side stood around what has been left out.
  const auto is_space = [](const TextCharacter& c) { return c.code_point == U' '; };
  const auto twice = [&](const auto& a, const auto& b) { return is_space(a) && is_space(b); };
  text.erase(std::unique(text.begin(), text.end(), twice), text.end());
  if (!text.empty() && is_space(text.back())) text.pop_back();
  if (!text.empty() && is_space(text.front())) text.erase(text.begin());
  return text;
}

Text::Line Text::shape(std::vector<TextCharacter> text, int em_pixels) {
  resolve(text);
  Line line;
  for (const TextRun& run : visual_runs(text)) shape_run(text, run, em_pixels, line);
  return line;
}

void Text::shape_run(const std::vector<TextCharacter>& text, TextRun run, int em_pixels,
                     Line& line) {
  const TextCharacter& first = text[run.begin];
  std::vector<std::uint32_t> code_points;
  for (const TextCharacter& c : text) code_points.push_back(c.code_point);

  const std::unique_ptr<hb_buffer_t, FreeBuffer> buffer(hb_buffer_create());
  // The whole text is given, so that letters join across the run's ends as they should.
  hb_buffer_add_codepoints(buffer.get(), code_points.data(), static_cast<int>(code_points.size()),
                           static_cast<unsigned>(run.begin), static_cast<int>(run.end - run.begin));
  hb_buffer_set_direction(buffer.get(), first.level % 2 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  hb_buffer_set_script(buffer.get(), first.script);
  hb_buffer_set_language(buffer.get(), hb_language_from_string("en", -1));
  hb_buffer_set_flags(buffer.get(), HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES);
  hb_shape(fonts_.shaper(first.font, em_pixels), buffer.get(), nullptr, 0);

  unsigned count = 0;
  const hb_glyph_info_t* info = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const hb_glyph_position_t* position = hb_buffer_get_glyph_positions(buffer.get(), &count);
  for (unsigned i = 0; i < count; ++i) {
    line.glyphs.push_back({.key = {first.font, info[i].codepoint, em_pixels, 0},
                           .x = line.width + position[i].x_offset,
                           .y = position[i].y_offset,
                           .advance = position[i].x_advance,
                           .cluster = info[i].cluster});
    line.width += position[i].x_advance;
  }
}

Text::Line Text::shorten(std::vector<TextCharacter> text, const Line& whole, int em_pixels,
                         int max_width) {
  const std::u32string_view ellipsis = characters(U"\u2026").empty() ? U"..." : U"\u2026";
  const std::vector<TextCharacter> end = characters(ellipsis);
  // Width of the clusters, each at its first character; the others of it stay marked as no place
  // to cut at.
  std::vector<int> widths(text.size(), -1);
  for (const PlacedGlyph& glyph : whole.glyphs) {
    int& width = widths[glyph.cluster];
    width = std::max(width, 0) + glyph.advance;
  }
  int left = max_width * kOnePixel - shape(end, em_pixels).width;
  std::size_t keep = 0;
  while (keep < text.size() && left >= std::max(widths[keep], 0)) {
    left -= std::max(widths[keep], 0);
    ++keep;
  }
  for (;; --keep) {
    while (keep > 0 && keep < text.size() && widths[keep] < 0) --keep;
    while (keep > 0 && text[keep - 1].code_point == U' ') --keep;
    std::vector<TextCharacter> part(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(keep));
    part.insert(part.end(), end.begin(), end.end());
    // Cutting may change the letters' forms and so the width.
    Line line = shape(std::move(part), em_pixels);
    if (line.width <= max_width * kOnePixel) return line;
    if (keep == 0) return {};
  }
}

Text::Ink Text::ink_of(const Line& line) {
  // At least the pens' way, but ink may reach beyond it, most of all left of the first letter.
  Ink ink{.right = (line.width + kOnePixel - 1) / kOnePixel};
  for (const PlacedGlyph& placed : line.glyphs) {
    const Glyph& glyph = fonts_.glyph(placed.key);
    if (placed.key.glyph == 0 || glyph.coverage.empty()) continue;
    const int x = (placed.x >> 6) + glyph.left, top = to_pixels(placed.y) + glyph.top;
    ink.left = std::min(ink.left, x);
    ink.right = std::max(ink.right, x + glyph.coverage.width + 1);
    ink.above = std::max(ink.above, top);
    ink.below = std::max(ink.below, glyph.coverage.height - top);
  }
  return ink;
}

AlphaBitmap Text::paint(const Line& line, const Ink& ink, int line_height, int max_width) {
  if (ink.height() <= 0) return {};
  AlphaBitmap bitmap(std::min(ink.right - ink.left, max_width), line_height);
  // Where Noto Sans has its baseline, unless the letters need the room above or below.
  const int usual = static_cast<int>(std::lround(line_height * kAscent / kLineHeight));
  const int baseline = std::max(std::min(usual, line_height - ink.below), ink.above);
  for (const PlacedGlyph& placed : line.glyphs) {
    if (placed.key.glyph == 0) continue;  // .notdef: the box that stands for no glyph
    GlyphKey key = placed.key;
    key.quarter = (placed.x & (kOnePixel - 1)) / 16;
    const Glyph& glyph = fonts_.glyph(key);
    const int y = baseline - to_pixels(placed.y) - glyph.top;
    stamp(glyph, (placed.x >> 6) + glyph.left - ink.left, y, bitmap);
  }
  return bitmap;
}

}  // namespace plenum::egress
