#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "media/sdp/description.h"

/// Text to Description (RFC 8866 section 9). The text comes from a stranger: every number of things
/// is bounded, lines and attributes that Plenum does not know are skipped, and no value that is
/// kept contains CR, LF or NUL.
namespace plenum::sdp {

inline constexpr std::size_t kMaxTextBytes = 256 * 1024;  // a large Chromium offer is about 200 KB
inline constexpr std::size_t kMaxLines = 16'384;
inline constexpr std::size_t kMaxSections = 256;
inline constexpr std::size_t kMaxPerSection = 128;  // of each kind of repeated attribute

struct ParseError {
  enum class Reason : std::uint8_t {
    too_long,
    too_many_lines,
    too_many_sections,
    too_many_attributes,
    bad_line,          // not "<letter>=<value>", or the text does not begin with v=0
    bad_character,     // NUL, or CR not followed by LF
    bad_media_line,    // m=
    bad_payload_type,  // not 0…127
    bad_attribute,     // a known attribute whose value makes no sense
  };
  Reason reason = Reason::bad_line;
  std::uint32_t line = 0;  // counted from 1; 0 when it is about the whole
  friend bool operator==(const ParseError&, const ParseError&) = default;
};

Result<Description, ParseError> parse(std::string_view text);

}  // namespace plenum::sdp
