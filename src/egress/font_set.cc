#include "egress/font_set.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include <hb-ft.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace plenum::egress {
namespace {

namespace fs = std::filesystem;

/// Characters whose font is remembered.
constexpr std::size_t kMaxFound = 4096;
/// A font that has a few letters of another script, without what shapes them, has far fewer of the
/// letters around one than the script's own font; they are counted in blocks of this.
constexpr char32_t kNeighbours = 128;
/// Outline and bookkeeping of a cached glyph, beside its pixels.
constexpr std::size_t kGlyphOverhead = 64;
constexpr FT_Int32 kLoadFlags = FT_LOAD_TARGET_LIGHT | FT_LOAD_NO_BITMAP;

/// 0 first; nullopt for fonts that are not for names: other weights, slopes and widths.
std::optional<int> preference(std::string_view file) {
  const auto has = [&](std::string_view part) { return file.find(part) != std::string_view::npos; };
  if (file == "NotoSans-Regular.ttf") return 0;
  if (file == "DejaVuSans.ttf") return 3;
  if (!file.starts_with("Noto") || !has("-Regular.")) return std::nullopt;
  if (has("Display") || has("Unjoined") || has("Emoji")) return std::nullopt;
  if (has("CJK")) return file.starts_with("NotoSans") ? 2 : 5;
  if (has("Symbols") || has("Math") || has("Tifinagh")) return 4;
  return file.starts_with("NotoSans") ? 1 : 5;
}

hb_script_t script_of(char32_t c) { return hb_unicode_script(hb_unicode_funcs_get_default(), c); }

}  // namespace

FontSet::FontSet(std::vector<fs::path> files) {
  if (FT_Init_FreeType(&library_)) throw std::runtime_error("FreeType does not start");
  faces_.resize(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) faces_[i].file = std::move(files[i]);
}

FontSet::~FontSet() {
  for (Face& f : faces_) {
    f.shaper.reset();
    if (f.face) FT_Done_Face(f.face);
  }
  FT_Done_FreeType(library_);
}

std::vector<fs::path> FontSet::installed() {
  return find({"/usr/share/fonts/truetype/noto", "/usr/share/fonts/opentype/noto",
               "/usr/share/fonts/truetype/dejavu"});
}

std::vector<fs::path> FontSet::find(const std::vector<fs::path>& folders) {
  std::vector<std::pair<int, fs::path>> ranked;
  for (const fs::path& folder : folders) {
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end;
         it.increment(failed)) {
      const auto rank = preference(it->path().filename().native());
      if (rank) ranked.emplace_back(*rank, it->path());
    }
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<fs::path> files;
  for (auto& [rank, file] : ranked) files.push_back(std::move(file));
  return files;
}

void FontSet::open(Face& f) {
  f.opened = true;
  if (FT_New_Face(library_, f.file.c_str(), 0, &f.face)) {
    f.face = nullptr;
    return;
  }
  if (!FT_IS_SCALABLE(f.face) || FT_Select_Charmap(f.face, FT_ENCODING_UNICODE)) {
    FT_Done_Face(f.face);
    f.face = nullptr;
    return;
  }
}

bool FontSet::covers(std::size_t font, char32_t c) {
  Face& f = faces_[font];
  if (!f.opened) open(f);
  return f.face && FT_Get_Char_Index(f.face, c) != 0;
}

std::optional<std::size_t> FontSet::choose(char32_t c) {
  if (!faces_.empty() && covers(0, c)) return 0;
  std::vector<std::pair<std::size_t, int>> candidates;
  int most = 0;
  for (std::size_t i = 1; i < faces_.size(); ++i) {
    if (!covers(i, c)) continue;
    int neighbours = 0;
    for (char32_t n = c - c % kNeighbours; n <= (c | (kNeighbours - 1)); ++n) {
      neighbours += script_of(n) == script_of(c) && covers(i, n);
    }
    candidates.emplace_back(i, neighbours);
    most = std::max(most, neighbours);
  }
  const auto good = std::find_if(candidates.begin(), candidates.end(),
                                 [&](const auto& f) { return f.second * 4 >= most * 3; });
  return good == candidates.end() ? std::nullopt : std::optional(good->first);
}

std::optional<std::size_t> FontSet::font_for(char32_t c) {
  const auto known = found_.find(c);
  if (known != found_.end()) return known->second;
  if (found_.size() >= kMaxFound) found_.clear();
  const std::optional<std::size_t> font = choose(c);
  found_.emplace(c, font);
  return font;
}

void FontSet::set_size(Face& f, int em_pixels) {
  if (f.em_pixels == em_pixels) return;
  FT_Set_Pixel_Sizes(f.face, 0, static_cast<FT_UInt>(em_pixels));
  f.em_pixels = em_pixels;
  if (f.shaper) hb_ft_font_changed(f.shaper.get());
}

hb_font_t* FontSet::shaper(std::size_t font, int em_pixels) {
  Face& f = faces_[font];
  set_size(f, em_pixels);
  if (!f.shaper) {
    f.shaper.reset(hb_ft_font_create_referenced(f.face));
    hb_ft_font_set_load_flags(f.shaper.get(), kLoadFlags);
  }
  return f.shaper.get();
}

const Glyph& FontSet::glyph(GlyphKey key) {
  const std::uint64_t packed = std::uint64_t{key.glyph} << 32 | std::uint64_t{key.font} << 18 |
                               static_cast<std::uint64_t>(key.em_pixels) << 2 |
                               static_cast<std::uint64_t>(key.quarter);
  const auto known = glyphs_.find(packed);
  if (known != glyphs_.end()) return known->second;
  Glyph drawn = rasterise(key);
  const std::size_t bytes = drawn.coverage.pixels.size() + kGlyphOverhead;
  if (cached_bytes_ + bytes > kMaxCachedBytes) {
    glyphs_.clear();
    cached_bytes_ = 0;
  }
  cached_bytes_ += bytes;
  return glyphs_.emplace(packed, std::move(drawn)).first->second;
}

Glyph FontSet::rasterise(const GlyphKey& key) {
  Face& f = faces_[key.font];
  set_size(f, key.em_pixels);
  if (FT_Load_Glyph(f.face, key.glyph, kLoadFlags)) return {};
  FT_GlyphSlot slot = f.face->glyph;
  if (slot->format != FT_GLYPH_FORMAT_OUTLINE) return {};
  FT_Outline_Translate(&slot->outline, 16 * key.quarter, 0);  // 26.6 fixed point
  if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL)) return {};
  const FT_Bitmap& bitmap = slot->bitmap;
  const int width = static_cast<int>(bitmap.width), height = static_cast<int>(bitmap.rows);
  Glyph drawn{.left = slot->bitmap_left, .top = slot->bitmap_top, .coverage = {width, height}};
  for (int y = 0; y < height && width > 0; ++y) {
    std::memcpy(drawn.coverage.row(y), bitmap.buffer + y * bitmap.pitch,
                static_cast<std::size_t>(width));
  }
  return drawn;
}

}  // namespace plenum::egress
