#include "egress/display_name.h"

#include <gtest/gtest.h>

#include <random>

namespace plenum::egress {
namespace {

TEST(DisplayName, bytes_that_are_no_utf8_become_the_replacement_character) {
  EXPECT_EQ(displayable("a\xff z"), U"a\ufffd z");
  EXPECT_EQ(displayable("\x80"), U"\ufffd");                      // continuation alone
  EXPECT_EQ(displayable("\xe2\x82"), U"\ufffd");                  // cut off: one for the part
  EXPECT_EQ(displayable("\xc0\xaf"), U"\ufffd\ufffd");            // overlong
  EXPECT_EQ(displayable("\xed\xa0\x80"), U"\ufffd\ufffd\ufffd");  // surrogate
  EXPECT_EQ(displayable("\xf4\x90\x80\x80"), U"\ufffd\ufffd\ufffd\ufffd");  // beyond Unicode
  EXPECT_EQ(displayable("\xf0\x9f\x8e\x89 \xe2\x82\xac"), U"\U0001f389 \u20ac");
}

TEST(DisplayName, controls_and_what_turns_the_direction_are_left_out) {
  EXPECT_EQ(displayable(" \tAda\r\n\u00a0 Lovelace\u2028"), U"Ada Lovelace");
  EXPECT_EQ(displayable("evil\u202egnp.exe\u2066\u2069\u200f\x07\x1b"), U"evilgnp.exe");
  EXPECT_EQ(displayable("\u200b\u3164\ufeff\u2800"), U"");
  EXPECT_EQ(displayable("\u0928\u200d\u092e"), U"\u0928\u200d\u092e");  // the joiner shapes
}

TEST(DisplayName, long_names_and_towers_of_marks_are_cut) {
  EXPECT_EQ(displayable(std::string(10'000, 'x')).size(), kMaxNameLength);
  std::string tower = "e";
  for (int i = 0; i < 60; ++i) tower += "\u0301";
  EXPECT_EQ(displayable(tower).size(), 5u);
  std::string wide(kMaxNameBytes - 1, ' ');  // a character that the bound cuts leaves nothing
  EXPECT_EQ(displayable(wide + "\u20ac"), U"");
}

TEST(DisplayName, any_bytes_give_a_bounded_text) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random() % 64, 0);
    for (char& c : bytes) c = static_cast<char>(random());
    const std::u32string text = displayable(bytes);
    ASSERT_LE(text.size(), bytes.size());
    for (const char32_t c : text) ASSERT_TRUE(c < 0xd800 || (c > 0xdfff && c <= 0x10ffff));
  }
}

TEST(DisplayName, initials_are_the_first_letters_of_two_words) {
  EXPECT_EQ(initials(U"ada king lovelace"), U"AK");
  EXPECT_EQ(initials(U"Plato"), U"P");
  EXPECT_EQ(initials(U"\u00f6mer \u017feker"), U"\u00d6\u017f");
  EXPECT_EQ(initials(U"\u043e\u043b\u044c\u0433\u0430 \u0451\u0436"), U"\u041e\u0401");
  EXPECT_EQ(initials(U"\u03c9 \u010d"), U"\u03a9\u010c");
  EXPECT_EQ(initials(U"(the) 3rd ... man"), U"3M");
  EXPECT_EQ(initials(U"\u0e43\u0e08\u0e14\u0e35"), U"\u0e08");  // the vowel is written before
  EXPECT_EQ(initials(U"\u0915\u093f\u0930"), U"\u0915\u093f");
  EXPECT_EQ(initials(U"- ... \U0001f389"), U"");
}

}  // namespace
}  // namespace plenum::egress
