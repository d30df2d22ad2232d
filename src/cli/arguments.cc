#include "cli/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "server/config.h"
#include "server/settings.h"

namespace plenum::cli {
namespace {

using server::ConfigError;

const Option* find_option(const std::vector<Option>& options, std::string_view flag) {
  const auto found = std::ranges::find(options, flag, &Option::flag);
  return found == options.end() ? nullptr : &*found;
}

/// A setting's value, not a word, comes behind such a flag. One that is unknown is load_config()'s
/// to refuse.
bool setting_takes_value(std::string_view flag) {
  const server::Setting* setting = server::find_setting(flag.substr(2));
  return flag == "--config" || (setting && setting->kind != server::Setting::Kind::flag);
}

void apply_option(const Option& option, const std::string& text) {
  try {
    option.set(text);
  } catch (const std::invalid_argument& e) {
    throw ConfigError(fmt::format("{}: \"{}\" is not {}", option.flag, text, e.what()));
  }
}

void check_words(const std::vector<std::string>& given,
                 std::initializer_list<std::string_view> expected) {
  if (given.size() > expected.size())
    throw ConfigError(
        fmt::format("unexpected argument \"{}\"; see --help", given[expected.size()]));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string_view name = expected.begin()[i];
    // Mostly a variable that a script left unset: it must not be taken for "any".
    if (i < given.size() && given[i].empty()) throw ConfigError(fmt::format("{} is empty", name));
    if (i >= given.size() && !name.starts_with('['))
      throw ConfigError(fmt::format("{} is missing; see --help", name));
  }
}

}  // namespace

Option text_option(std::string_view flag, std::string& target) {
  return {flag, [&target](const std::string& text) { target = text; }};
}

Option switch_option(std::string_view flag, bool& target) {
  return {flag, [&target](const std::string&) { target = true; }, false};
}

Arguments read_arguments(const std::vector<std::string>& given, const std::vector<Option>& options,
                         std::initializer_list<std::string_view> words) {
  Arguments rest;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& argument = given[i];
    if (argument == "--") {
      rest.words.insert(rest.words.end(), given.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                        given.end());
      break;
    }
    const std::size_t equals = std::min(argument.find('='), argument.size());
    const bool joined = equals != argument.size();
    const std::string flag = argument.substr(0, equals);
    if (!argument.starts_with("--")) {
      rest.words.push_back(argument);
    } else if (const Option* option = find_option(options, flag)) {
      if (joined && !option->takes_value) throw ConfigError(flag + " takes no value");
      if (option->takes_value && !joined && i + 1 == given.size())
        throw ConfigError(flag + " needs a value");
      const bool next = option->takes_value && !joined;
      apply_option(*option, joined ? argument.substr(equals + 1) : next ? given[++i] : "");
    } else {
      rest.settings.push_back(argument);
      if (!joined && setting_takes_value(flag) && i + 1 < given.size())
        rest.settings.push_back(given[++i]);
    }
  }
  check_words(rest.words, words);
  return rest;
}

}  // namespace plenum::cli
