#include "egress/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <string>

#include "egress/display_name.h"

namespace plenum::egress {
namespace {

/// All coverage together, in whole pixels.
double ink(const AlphaBitmap& b) {
  return std::accumulate(b.pixels.begin(), b.pixels.end(), 0.0) / 255;
}

class TextTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(fonts_.font_for(U'a')) << "fonts-noto-core is not installed";
  }
  FontSet fonts_{FontSet::installed()};
  Text text_{fonts_};
};

TEST_F(TextTest, names_in_many_scripts_are_drawn) {
  int drawn = 0;
  for (const char* name : {"Zoë Ångström", "Ольга", "Ευάγγελος", "محمد عبد الله", "דנה כהן",
                           "अनुष्का शर्मा", "தமிழ் செல்வி", "สมชาย ใจดี", "ქართული", "አማርኛ", "မြန်မာ",
                           "ខ្មែរ", "བོད་ཡིག", "李小龍", "김민준"}) {
    const std::u32string letters = displayable(name);
    const bool has_font =
        std::all_of(letters.begin(), letters.end(), [&](char32_t c) { return fonts_.font_for(c); });
    const AlphaBitmap bitmap = text_.draw(name, 32, 400);
    EXPECT_EQ(bitmap.empty(), !has_font) << name;
    if (bitmap.empty()) continue;  // as Chinese without its fonts
    ++drawn;
    EXPECT_EQ(bitmap.height, 32) << name;
    EXPECT_GT(bitmap.width, 24) << name;
    EXPECT_GT(ink(bitmap), 60) << name;
    EXPECT_LT(ink(bitmap), 0.5 * bitmap.width * bitmap.height) << name;
  }
  EXPECT_GE(drawn, 4);  // DejaVu alone has as many
}

TEST_F(TextTest, letters_from_right_to_left_stand_in_that_order) {
  // Of these letters only the first, lamed, rises above the others.
  const AlphaBitmap name = text_.draw("\u05dc\u05d0\u05d0\u05d0", 40, 400);
  const auto highest = std::find_if(name.pixels.begin(), name.pixels.end(),
                                    [](std::uint8_t alpha) { return alpha > 64; });
  ASSERT_NE(highest, name.pixels.end());

  EXPECT_GT((highest - name.pixels.begin()) % name.width, name.width * 3 / 4);
}

TEST_F(TextTest, arabic_letters_join) {
  const int apart = text_.draw("\u0628\u200c\u0628\u200c\u0628", 48, 400).width;
  const int joined = text_.draw("\u0628\u0628\u0628", 48, 400).width;

  EXPECT_LT(joined, apart * 3 / 4);
}

TEST_F(TextTest, long_names_end_in_an_ellipsis_within_the_width) {
  const std::string long_name(10'000, 'W');
  const AlphaBitmap bitmap = text_.draw(long_name, 24, 200);
  EXPECT_LE(bitmap.width, 200);
  EXPECT_GT(bitmap.width, 170);
  const AlphaBitmap dots = text_.draw("\u2026", 24, 200);
  // Its last columns are those of the ellipsis: nothing above the baseline's dots.
  double high = 0;
  for (int y = 0; y < 14; ++y) {
    high = std::accumulate(bitmap.row(y) + bitmap.width - dots.width + 1,
                           bitmap.row(y) + bitmap.width, high);
  }
  EXPECT_EQ(high, 0);

  EXPECT_FALSE(text_.draw(long_name, 24, 24).empty());  // nothing but the ellipsis
  EXPECT_TRUE(text_.draw(long_name, 24, 4).empty());
  EXPECT_TRUE(text_.draw(long_name, 24, 0).empty());
  EXPECT_LE(text_.draw("مرحبا بكم في غرفة الاجتماعات الكبيرة", 24, 120).width, 120);
}

TEST_F(TextTest, invalid_bytes_are_drawn_as_replacement_characters) {
  EXPECT_EQ(text_.draw("\xff\xfe", 24, 200).pixels, text_.draw("\ufffd\ufffd", 24, 200).pixels);
}

TEST_F(TextTest, characters_without_a_glyph_are_left_out) {
  EXPECT_TRUE(text_.draw("\U0003fffd\U0003fffd", 24, 200).empty());
  EXPECT_EQ(text_.draw("\U0003fffd Ada \U0003fffd King", 24, 200).pixels,
            text_.draw("Ada King", 24, 200).pixels);
  EXPECT_TRUE(text_.draw("  ", 24, 200).empty());
}

TEST_F(TextTest, any_bytes_at_any_size_give_a_bitmap_within_bounds) {
  std::mt19937 random(3);
  for (int i = 0; i < 150; ++i) {
    std::string bytes;
    while (bytes.size() < 40) {  // mostly well-formed, of all scripts in the first plane
      const auto c = 0x800 + random() % 0xd000;
      bytes += static_cast<char>(0xe0 | c >> 12);
      bytes += static_cast<char>(0x80 | (c >> 6 & 0x3f));
      bytes += static_cast<char>(0x80 | (c & 0x3f));
    }
    const int height = 8 + static_cast<int>(random() % 40);
    const AlphaBitmap bitmap = text_.draw(bytes, height, 160);
    ASSERT_LE(bitmap.width, 160);
    ASSERT_EQ(bitmap.height, bitmap.empty() ? 0 : height);
  }
  EXPECT_LE(fonts_.cached_bytes(), FontSet::kMaxCachedBytes);
}

TEST_F(TextTest, the_glyph_cache_is_bounded) {
  std::size_t most = 0;
  for (int height = 400; height < 440; ++height) {
    text_.draw("MWBQOG&@%#", height, 10'000);
    most = std::max(most, fonts_.cached_bytes());
  }
  EXPECT_LE(most, FontSet::kMaxCachedBytes);
  EXPECT_GT(most, FontSet::kMaxCachedBytes / 2);
}

TEST(Text, without_fonts_nothing_is_drawn) {
  FontSet none(FontSet::find({"/nonexistent"}));
  EXPECT_TRUE(Text(none).draw("Ada", 24, 200).empty());

  const auto file = std::filesystem::path(testing::TempDir()) / "NotoSans-Regular.ttf";
  std::ofstream(file) << "this is no font";
  FontSet broken({file});
  EXPECT_TRUE(Text(broken).draw("Ada", 24, 200).empty());
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace plenum::egress
