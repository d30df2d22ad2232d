#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/config.h"

namespace plenum::server {

/// One row of the table of settings: its names, its text for people, and how it is set. The flag is
/// --name, the key in the file is name with underscores, the variable is PLENUM_NAME.
struct Setting {
  enum class Kind : std::uint8_t { flag, value, list };

  std::string_view name;
  Kind kind = Kind::value;
  /// What stands for the value in help, e.g. "PORT".
  std::string_view placeholder;
  std::string_view default_text;
  std::string_view range;
  std::string_view sentence;
  /// Takes one value's text. Throws std::invalid_argument saying what it should have been.
  void (*set)(Config&, const std::string&) = nullptr;

  std::string flag() const;
  std::string key() const;
  std::string variable() const;
};

std::span<const Setting> settings();
/// nullptr when there is none of that name (as in the flag, without dashes).
const Setting* find_setting(std::string_view name);

/// The lines of --help that describe the settings.
std::string settings_help();
/// The reference page docs/configuration.md.
std::string settings_markdown();

}  // namespace plenum::server
