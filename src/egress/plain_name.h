#pragma once
#include <string_view>

namespace plenum::egress {

/// Whether it names something right inside a folder, and nothing hidden: 1 to 255 bytes, no '/', no
/// leading dot.
constexpr bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name.front() != '.' &&
         name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

}  // namespace plenum::egress
