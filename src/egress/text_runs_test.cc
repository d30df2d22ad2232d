#include "egress/text_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace plenum::egress {
namespace {

/// The text as it stands from left to right.
std::u32string visual(std::u32string_view reading) {
  std::vector<TextCharacter> text;
  for (const char32_t c : reading) text.push_back({.code_point = c});
  resolve(text);
  std::u32string out;
  for (const TextRun& run : visual_runs(text)) {
    std::u32string piece(reading.substr(run.begin, run.end - run.begin));
    if (text[run.begin].level % 2) std::reverse(piece.begin(), piece.end());
    out += piece;
  }
  return out;
}

// Hebrew letters alef, bet, gimel stand for any from right to left.

TEST(TextRuns, words_of_the_other_direction_are_turned_in_place) {
  EXPECT_EQ(visual(U"Dana \u05d0\u05d1 \u05d2 Co"), U"Dana \u05d2 \u05d1\u05d0 Co");
  EXPECT_EQ(visual(U"\u05d0\u05d1 Co Ltd \u05d2"), U"\u05d2 Co Ltd \u05d1\u05d0");
}

TEST(TextRuns, numbers_keep_their_order_among_letters_from_right_to_left) {
  EXPECT_EQ(visual(U"\u05d0\u05d1 10:42 \u05d2"), U"\u05d2 10:42 \u05d1\u05d0");
  EXPECT_EQ(visual(U"\u05d0 \u0661\u0662"), U"\u0661\u0662 \u05d0");
  EXPECT_EQ(visual(U"room 7 \u05d0 8"), U"room 7 8 \u05d0");
}

TEST(TextRuns, brackets_stay_around_what_they_hold) {
  EXPECT_EQ(visual(U"\u05d0\u05d1 (Ali) 42"), U"42 )Ali( \u05d1\u05d0");  // not yet mirrored
  EXPECT_EQ(visual(U"Ali (\u05d0\u05d1) 42"), U"Ali (\u05d1\u05d0) 42");
  EXPECT_EQ(visual(U"\u05d0 )]( \u05d1"), U"\u05d1 (]) \u05d0");
}

TEST(TextRuns, a_run_has_one_font_and_one_script) {
  std::vector<TextCharacter> text;
  for (const char32_t c : std::u32string_view(U"ab \u0915\u094d\u0916!\u0431")) {
    text.push_back({.code_point = c, .font = c == U'b' ? std::size_t{1} : 0});
  }
  resolve(text);

  const std::vector<TextRun> runs = visual_runs(text);
  ASSERT_EQ(runs.size(), 5u);  // a | b | space | Devanagari and its mark | Cyrillic
  EXPECT_EQ(text[runs[3].begin].script, HB_SCRIPT_DEVANAGARI);
  EXPECT_EQ(runs[3].end - runs[3].begin, 4u);
}

}  // namespace
}  // namespace plenum::egress
