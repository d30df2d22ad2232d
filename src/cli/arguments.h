#pragma once
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace plenum::cli {

/// A flag of a subcommand's own.
struct Option {
  std::string_view flag;
  /// Gets the value's text. Throws std::invalid_argument with words that continue `"x" is not …`.
  std::function<void(const std::string&)> set;
  bool takes_value = true;
};
Option text_option(std::string_view flag, std::string& target);
Option switch_option(std::string_view flag, bool& target);

/// What is left of the arguments once the options have been applied.
struct Arguments {
  /// Those that belong to no flag; behind "--" also those that look like one.
  std::vector<std::string> words;
  /// The server's own flags, for server::load_config().
  std::vector<std::string> settings;
};

/// Applies `options`. `words` names the words that are expected, in order; one in brackets may be
/// missing, none may be empty. Throws server::ConfigError.
Arguments read_arguments(const std::vector<std::string>& given, const std::vector<Option>& options,
                         std::initializer_list<std::string_view> words = {});

}  // namespace plenum::cli
