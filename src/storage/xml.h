#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenum::storage {

/// An element with its text; what stands between its children is not kept.
struct XmlElement {
  std::string name;
  std::string text;
  std::vector<XmlElement> children;

  /// The first child of that name; nullptr when there is none.
  const XmlElement* child(std::string_view wanted) const;
  /// That child's text; empty when there is none.
  std::string child_text(std::string_view wanted) const;
};

/// Reads the little of XML 1.0 that S3's answers use: elements, attributes (thrown away), text, the
/// five named entities and numbered ones. Everything else, document types among it, is refused, and
/// so is what is longer than 2 MiB, deeper than 8 elements or of more than 20 000: nullopt.
std::optional<XmlElement> parse_xml(std::string_view text);

/// Text as it may stand in an element.
std::string xml_escaped(std::string_view text);

}  // namespace plenum::storage
