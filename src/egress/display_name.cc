#include "egress/display_name.h"

#include <hb.h>

#include <cstdint>

namespace plenum::egress {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr int kMaxMarks = 4;

hb_unicode_general_category_t category(char32_t c) {
  return hb_unicode_general_category(hb_unicode_funcs_get_default(), c);
}

bool is_mark(char32_t c) {
  const auto kind = category(c);
  return kind == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
         kind == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK ||
         kind == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK;
}

bool is_letter_or_digit(char32_t c) {
  switch (category(c)) {
    case HB_UNICODE_GENERAL_CATEGORY_UPPERCASE_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_LOWERCASE_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_TITLECASE_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_MODIFIER_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_OTHER_LETTER:
    case HB_UNICODE_GENERAL_CATEGORY_DECIMAL_NUMBER:
      return true;
    default:
      return false;
  }
}

bool is_space(char32_t c) {
  switch (category(c)) {
    case HB_UNICODE_GENERAL_CATEGORY_SPACE_SEPARATOR:
    case HB_UNICODE_GENERAL_CATEGORY_LINE_SEPARATOR:
    case HB_UNICODE_GENERAL_CATEGORY_PARAGRAPH_SEPARATOR:
      return true;
    default:
      return (c >= '\t' && c <= '\r') || c == 0x85;
  }
}

bool is_joiner(char32_t c) { return c == 0x200c || c == 0x200d; }

/// Draws nothing by itself or changes how others are drawn.
bool is_invisible(char32_t c) {
  if (is_joiner(c)) return false;
  const bool selects_a_variant =
      (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef) || c == 0x034f;
  // Fillers are letters by category, and blank: a name of them would look like none.
  const bool filler = c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 || c == 0x2800 ||
                      c == 0x17b4 || c == 0x17b5;
  const auto kind = category(c);
  return selects_a_variant || filler || kind == HB_UNICODE_GENERAL_CATEGORY_CONTROL ||
         kind == HB_UNICODE_GENERAL_CATEGORY_FORMAT ||
         kind == HB_UNICODE_GENERAL_CATEGORY_PRIVATE_USE;
}

/// Takes one code point off the front. An ill-formed sequence ends before the first byte that
/// cannot belong to it.
char32_t next_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (length == 1) {
    text.remove_prefix(1);
    return first;
  }
  std::uint8_t low = 0x80, high = 0xbf;  // of the second byte: RFC 3629 section 4
  if (first == 0xe0) low = 0xa0;         // overlong
  if (first == 0xed) high = 0x9f;        // surrogates
  if (first == 0xf0) low = 0x90;
  if (first == 0xf4) high = 0x8f;  // beyond U+10FFFF
  char32_t c = first & (0xff >> (length + 1));
  std::size_t read = 1;
  if (first >= 0xc2 && first <= 0xf4) {
    for (; read < length && read < text.size() && byte(read) >= low && byte(read) <= high; ++read) {
      c = c << 6 | (byte(read) & 0x3f);
      low = 0x80;
      high = 0xbf;
    }
  }
  text.remove_prefix(read);
  return read == length ? c : kReplacement;
}

/// Cuts to kMaxNameBytes without leaving half a character.
std::string_view bounded(std::string_view utf8) {
  if (utf8.size() <= kMaxNameBytes) return utf8;
  std::size_t end = kMaxNameBytes;
  while (end > kMaxNameBytes - 3 && (static_cast<std::uint8_t>(utf8[end]) & 0xc0) == 0x80) --end;
  return utf8.substr(0, end);
}

/// Simple case mapping of the alphabets that most names with capitals are written in.
char32_t capital(char32_t c) {
  if ((c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7)) return c - 32;
  const bool even_capitals = (c >= 0x100 && c <= 0x137 && c != 0x131) || (c >= 0x14a && c <= 0x177);
  const bool odd_capitals = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
  if (even_capitals) return c & ~char32_t{1};
  if (odd_capitals) return c - (c % 2 == 0);
  if (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) return c - 32;
  if (c >= 0x430 && c <= 0x44f) return c - 32;
  if (c >= 0x450 && c <= 0x45f) return c - 80;
  return c;
}

/// Thai and Lao write some vowels before the letter that a word begins with.
bool is_vowel_before_its_letter(char32_t c) {
  return (c >= 0xe40 && c <= 0xe44) || (c >= 0xec0 && c <= 0xec4);
}

}  // namespace

std::u32string displayable(std::string_view utf8) {
  std::u32string out;
  int marks = 0;
  bool space = false;
  for (std::string_view rest = bounded(utf8); !rest.empty() && out.size() < kMaxNameLength;) {
    const char32_t c = next_code_point(rest);
    if (is_space(c)) {
      space = !out.empty();
      continue;
    }
    if (is_invisible(c)) continue;
    marks = is_mark(c) ? marks + 1 : is_joiner(c) ? marks : 0;
    if (marks > kMaxMarks) continue;
    if (space) out += U' ';
    space = false;
    out += c;
  }
  return out;
}

std::u32string initials(std::u32string_view name) {
  std::u32string out;
  int words = 0;
  bool at_start = true;
  for (std::size_t i = 0; i < name.size() && words < 2; ++i) {
    if (is_vowel_before_its_letter(name[i])) continue;
    if (at_start && is_letter_or_digit(name[i])) {
      out += capital(name[i]);
      while (i + 1 < name.size() && is_mark(name[i + 1])) out += name[++i];
      ++words;
    }
    at_start = name[i] == U' ';
  }
  return out;
}

}  // namespace plenum::egress
