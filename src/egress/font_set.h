#pragma once
#include <hb.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "egress/alpha_bitmap.h"

struct FT_FaceRec_;
struct FT_LibraryRec_;

namespace plenum::egress {

/// One glyph as drawn. `left` and `top` lead from the pen on the baseline to the bitmap's upper
/// left corner, in pixels to the right and upwards.
struct Glyph {
  int left = 0, top = 0;
  AlphaBitmap coverage;
};

/// Which of a glyph's drawings: `quarter` is how far right of a whole pixel it stands.
struct GlyphKey {
  std::size_t font = 0;
  hb_codepoint_t glyph = 0;
  int em_pixels = 0;
  int quarter = 0;
};

/// Fonts in order of preference, each opened when a character is first looked for in it, and a
/// bounded cache of glyphs drawn from them (FreeType, light hinting). For one thread.
class FontSet {
 public:
  /// Files that are no scalable fonts are passed over. Throws std::runtime_error if FreeType does
  /// not start.
  explicit FontSet(std::vector<std::filesystem::path> files);
  FontSet(const FontSet&) = delete;
  FontSet& operator=(const FontSet&) = delete;
  ~FontSet();

  /// The regular upright fonts that Debian's fonts-noto-core, fonts-noto-cjk and fonts-dejavu-core
  /// install, sans serif before serif. Empty when there are none.
  static std::vector<std::filesystem::path> installed();
  /// The same of any folders; the order of a folder's files does not matter.
  static std::vector<std::filesystem::path> find(const std::vector<std::filesystem::path>& folders);

  /// The first font if it has a glyph for `c`; else the first of those that have about as many of
  /// its script's characters around it as any.
  std::optional<std::size_t> font_for(char32_t c);
  bool covers(std::size_t font, char32_t c);
  /// For shaping at this size (pixels of the em square); valid until the next call for the font.
  hb_font_t* shaper(std::size_t font, int em_pixels);
  /// Valid until the next call. Empty for glyphs that cannot be drawn.
  const Glyph& glyph(GlyphKey key);

  std::size_t cached_bytes() const { return cached_bytes_; }
  /// What the glyph cache holds at most; when full it starts anew.
  static constexpr std::size_t kMaxCachedBytes = 2 << 20;

 private:
  struct FreeFont {
    void operator()(hb_font_t* font) const { hb_font_destroy(font); }
  };
  struct Face {
    std::filesystem::path file;
    bool opened = false;
    FT_FaceRec_* face = nullptr;  // null if it could not be opened
    std::unique_ptr<hb_font_t, FreeFont> shaper;
    int em_pixels = 0;
  };

  std::optional<std::size_t> choose(char32_t c);
  void open(Face& f);
  void set_size(Face& f, int em_pixels);
  Glyph rasterise(const GlyphKey& key);

  FT_LibraryRec_* library_ = nullptr;
  std::vector<Face> faces_;
  std::unordered_map<char32_t, std::optional<std::size_t>> found_;
  std::unordered_map<std::uint64_t, Glyph> glyphs_;
  std::size_t cached_bytes_ = 0;
};

}  // namespace plenum::egress
