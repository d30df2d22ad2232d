#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "egress/alpha_bitmap.h"
#include "egress/font_set.h"
#include "egress/text_runs.h"

namespace plenum::egress {

/// Draws one line of text from strangers, in any script that one of the fonts has: FreeType and
/// HarfBuzz. What may be drawn of the bytes is decided by displayable(). For one thread.
class Text {
 public:
  explicit Text(FontSet& fonts) : fonts_(fonts) {}

  /// A bitmap of exactly `line_height` (8 to 1024 pixels, else clamped) rows and at most
  /// `max_width` columns. Longer text ends in an ellipsis. Characters that no font has are left
  /// out; empty if nothing is left, as without any font, or if not even the ellipsis fits.
  AlphaBitmap draw(std::string_view utf8, int line_height, int max_width);
  /// The same of code points that displayable() has let pass.
  AlphaBitmap draw(std::u32string_view name, int line_height, int max_width);

 private:
  struct PlacedGlyph {
    GlyphKey key;
    int x = 0, y = 0;         // of the pen, 26.6, y upwards
    int advance = 0;          // 26.6
    std::size_t cluster = 0;  // the first of the characters it stands for
  };
  struct Line {
    std::vector<PlacedGlyph> glyphs;
    int width = 0;  // 26.6
  };

  /// What the glyphs cover: pixels from the first pen, and above and below the baseline.
  struct Ink {
    int left = 0, right = 0, above = 0, below = 0;
    int height() const { return above + below; }
  };

  std::vector<TextCharacter> characters(std::u32string_view name);
  /// The line at this size, shortened if it must be.
  Line fit(const std::vector<TextCharacter>& text, double em_pixels, int max_width);
  Line shape(std::vector<TextCharacter> text, int em_pixels);
  void shape_run(const std::vector<TextCharacter>& text, TextRun run, int em_pixels, Line& line);
  Line shorten(std::vector<TextCharacter> text, const Line& whole, int em_pixels, int max_width);
  Ink ink_of(const Line& line);
  AlphaBitmap paint(const Line& line, const Ink& ink, int line_height, int max_width);

  FontSet& fonts_;
};

}  // namespace plenum::egress
