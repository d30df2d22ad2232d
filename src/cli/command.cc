#include "cli/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace plenum::cli {

bool Context::wants_help() const {
  const auto end = std::ranges::find(arguments, "--");
  return std::any_of(arguments.begin(), end,
                     [](const std::string& a) { return a == "--help" || a == "-h"; });
}

int run_verb(const Context& context, std::string_view command, std::string (*help)(),
             std::span<const Verb> verbs) {
  if (context.wants_help()) {
    std::fputs(help().c_str(), stdout);
    return 0;
  }
  std::string names;
  for (const Verb& verb : verbs) {
    if (!context.arguments.empty() && context.arguments.front() == verb.name) {
      Context rest = context;
      rest.arguments.erase(rest.arguments.begin());
      return verb.run(rest);
    }
    names.append(names.empty() ? "" : "|").append(verb.name);
  }
  throw server::ConfigError(
      fmt::format("usage: plenum {} {}; see plenum help {}", command, names, command));
}

}  // namespace plenum::cli
