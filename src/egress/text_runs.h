#pragma once
#include <hb.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace plenum::egress {

/// A character and what decides how it is shaped.
struct TextCharacter {
  char32_t code_point = 0;
  std::size_t font = 0;
  hb_script_t script = HB_SCRIPT_COMMON;
  /// Embedding level of UAX #9: odd ones run from right to left.
  std::uint8_t level = 0;
};

/// Neighbours with one font, script and level: what HarfBuzz shapes in one piece.
struct TextRun {
  std::size_t begin = 0, end = 0;  // of the characters, in reading order
};

/// Sets script and level of each character.
///
/// Scripts: those of Unicode; common and inherited characters take the script before them.
/// Levels: the paragraph's direction is that of the first strong character (UAX #9, P2 and P3),
/// numbers, separators within numbers, brackets and neutrals follow W2 to W7 and N0 to N2 in
/// simplified form. Not done: explicit embeddings and isolates (the name has none left), number
/// terminators such as a percent sign.
void resolve(std::span<TextCharacter> text);

/// In the order in which they stand from left to right (UAX #9, L2).
std::vector<TextRun> visual_runs(std::span<const TextCharacter> text);

}  // namespace plenum::egress
