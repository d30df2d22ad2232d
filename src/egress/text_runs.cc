#include "egress/text_runs.h"

#include <algorithm>
#include <iterator>

namespace plenum::egress {
namespace {

enum class Direction : std::uint8_t { left_to_right, right_to_left, number, neutral };

hb_unicode_funcs_t* unicode() { return hb_unicode_funcs_get_default(); }

bool is_common(hb_script_t script) {
  return script == HB_SCRIPT_COMMON || script == HB_SCRIPT_INHERITED || script == HB_SCRIPT_UNKNOWN;
}

bool is_letter(hb_unicode_general_category_t kind) {
  return kind >= HB_UNICODE_GENERAL_CATEGORY_LOWERCASE_LETTER &&
         kind <= HB_UNICODE_GENERAL_CATEGORY_UPPERCASE_LETTER;
}

/// Of one character by itself, without its neighbours.
Direction direction_of(char32_t c) {
  const auto kind = hb_unicode_general_category(unicode(), c);
  const hb_script_t script = hb_unicode_script(unicode(), c);
  const bool right_to_left =
      !is_common(script) && hb_script_get_horizontal_direction(script) == HB_DIRECTION_RTL;
  if (kind == HB_UNICODE_GENERAL_CATEGORY_DECIMAL_NUMBER) {
    // Digits of N'Ko, Adlam and others run from right to left; those of Arabic do not.
    return right_to_left && script != HB_SCRIPT_ARABIC ? Direction::right_to_left
                                                       : Direction::number;
  }
  if (right_to_left) return Direction::right_to_left;
  return is_letter(kind) || !is_common(script) ? Direction::left_to_right : Direction::neutral;
}

bool separates_numbers(char32_t c) { return c == '.' || c == ',' || c == ':' || c == '/'; }

/// What a character counts as for the neutrals beside it: numbers as right to left.
Direction strong(Direction d) { return d == Direction::number ? Direction::right_to_left : d; }

std::vector<Direction> directions(std::span<const TextCharacter> text) {
  std::vector<Direction> out(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto kind = hb_unicode_general_category(unicode(), text[i].code_point);
    const bool mark = kind == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
                      kind == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK ||
                      kind == HB_UNICODE_GENERAL_CATEGORY_FORMAT;
    out[i] = mark && i > 0 ? out[i - 1] : direction_of(text[i].code_point);
  }
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (separates_numbers(text[i].code_point) && out[i - 1] == Direction::number &&
        out[i + 1] == Direction::number) {
      out[i] = Direction::number;
    }
  }
  return out;
}

/// N0: brackets with text of the paragraph's direction between them follow the paragraph; those
/// with only other text follow it if it already stood before them.
void settle_brackets(std::span<const TextCharacter> text, std::vector<Direction>& of,
                     Direction base) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i].code_point;
    const auto kind = hb_unicode_general_category(unicode(), c);
    if (kind == HB_UNICODE_GENERAL_CATEGORY_OPEN_PUNCTUATION) open.push_back(i);
    if (kind != HB_UNICODE_GENERAL_CATEGORY_CLOSE_PUNCTUATION) continue;
    const auto partner = std::find_if(open.rbegin(), open.rend(), [&](std::size_t at) {
      return hb_unicode_mirroring(unicode(), text[at].code_point) == c;
    });
    if (partner == open.rend()) continue;
    const std::size_t begin = *partner;
    open.erase(std::prev(partner.base()), open.end());
    bool with_base = false, with_other = false;
    for (std::size_t k = begin + 1; k < i; ++k) {
      if (of[k] == Direction::neutral) continue;
      (strong(of[k]) == base ? with_base : with_other) = true;
    }
    if (!with_base && !with_other) continue;
    Direction before = base;
    for (std::size_t k = begin; k-- > 0;) {
      if (of[k] == Direction::neutral) continue;
      before = strong(of[k]);
      break;
    }
    of[begin] = of[i] = with_base ? base : before;
  }
}

/// N1 and N2: neutrals between two of one direction go with them, others with the paragraph.
void settle_neutrals(std::vector<Direction>& of, Direction base) {
  for (std::size_t i = 0; i < of.size();) {
    if (of[i] != Direction::neutral) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < of.size() && of[end] == Direction::neutral) ++end;
    const Direction before = i == 0 ? base : strong(of[i - 1]);
    const Direction after = end == of.size() ? base : strong(of[end]);
    std::fill(of.begin() + static_cast<std::ptrdiff_t>(i),
              of.begin() + static_cast<std::ptrdiff_t>(end), before == after ? before : base);
    i = end;
  }
}

}  // namespace

void resolve(std::span<TextCharacter> text) {
  std::vector<Direction> of = directions(text);
  const auto first = std::find_if(of.begin(), of.end(), [](Direction d) {
    return d == Direction::left_to_right || d == Direction::right_to_left;
  });
  const Direction base = first == of.end() ? Direction::left_to_right : *first;
  Direction last_strong = base;
  for (Direction& d : of) {  // W7
    if (d == Direction::number && last_strong == Direction::left_to_right) d = last_strong;
    if (d == Direction::left_to_right || d == Direction::right_to_left) last_strong = d;
  }
  settle_brackets(text, of, base);
  settle_neutrals(of, base);
  hb_script_t script = HB_SCRIPT_COMMON;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint8_t ltr_level = base == Direction::left_to_right ? 0 : 2;
    text[i].level = of[i] == Direction::right_to_left ? 1
                    : of[i] == Direction::number      ? 2
                                                      : ltr_level;
    const hb_script_t own = hb_unicode_script(unicode(), text[i].code_point);
    if (!is_common(own)) script = own;
    text[i].script = script;
  }
}

std::vector<TextRun> visual_runs(std::span<const TextCharacter> text) {
  std::vector<TextRun> runs;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto same = [&](const TextCharacter& a, const TextCharacter& b) {
      return a.font == b.font && a.script == b.script && a.level == b.level;
    };
    if (i > 0 && same(text[i - 1], text[i])) {
      runs.back().end = i + 1;
    } else {
      runs.push_back({.begin = i, .end = i + 1});
    }
  }
  const auto level = [&](const TextRun& r) { return text[r.begin].level; };
  for (int lowest = 2; lowest >= 1; --lowest) {
    for (auto at = runs.begin(); at != runs.end();) {
      const auto begin = std::find_if(at, runs.end(), [&](auto& r) { return level(r) >= lowest; });
      const auto end = std::find_if(begin, runs.end(), [&](auto& r) { return level(r) < lowest; });
      std::reverse(begin, end);
      at = end;
    }
  }
  return runs;
}

}  // namespace plenum::egress
