#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace plenum::egress {

/// No more of a name is read. What is drawn is far shorter.
inline constexpr std::size_t kMaxNameBytes = 512;
/// Code points that are kept of it.
inline constexpr std::size_t kMaxNameLength = 96;

/// What may be drawn of a text from a stranger, as code points. Bytes that are no UTF-8 (RFC 3629)
/// become U+FFFD, one for each ill-formed sequence. White space becomes single spaces, none at the
/// ends. Left out: controls, bidirectional marks, embeddings, overrides and isolates, variation
/// selectors and other invisible characters (the two joiners stay), and all but the first four
/// combining marks in a row.
std::u32string displayable(std::string_view utf8);

/// The first letters (or digits) of up to two words, in capitals where Latin, Greek or Cyrillic;
/// each with its combining marks. Empty if no word begins with one.
std::u32string initials(std::u32string_view name);

}  // namespace plenum::egress
