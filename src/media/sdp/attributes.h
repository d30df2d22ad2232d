#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "media/sdp/description.h"

/// What each a= line means. Inside media/sdp only: parser.cc finds the lines, this reads them.
namespace plenum::sdp {

enum class AttributeError : std::uint8_t { none, bad_value, too_many, bad_payload_type };

/// A feedback line for all formats ("a=rtcp-fb:* nack") waits for the end of its section.
struct SectionInProgress {
  MediaSection& section;
  std::vector<std::string>& wildcard_feedback;
};

/// Attributes that the session level may carry. Unknown ones are ignored.
AttributeError read_session_attribute(std::string_view name, std::string_view value,
                                      Description& out);
AttributeError read_section_attribute(std::string_view name, std::string_view value,
                                      SectionInProgress& out);

}  // namespace plenum::sdp
