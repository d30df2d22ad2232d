#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>

#include "cli/command.h"
#include "server/settings.h"

namespace plenum::cli {
namespace {

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

int version(const Context&) {
  print("plenum " PLENUM_VERSION "\n");
  return 0;
}

int help(const Context& context);

struct Command {
  std::string_view name;
  int (*run)(const Context&);
  std::string (*help)() = nullptr;
};
constexpr Command kCommands[] = {
    {"serve", serve, serve_help},
    {"token", token, token_help},
    {"room", room, room_help},
    {"participant", participant, participant_help},
    {"key", key, key_help},
    {"webhook", webhook, webhook_help},
    {"compose", compose, compose_help},
    {"load", load, load_help},
    {"help", help},
    {"version", version},
    {"--help", help},
    {"-h", help},
    {"--version", version},
};

int help(const Context& context) {
  const std::string topic = context.arguments.empty() ? "" : context.arguments.front();
  for (const Command& command : kCommands) {
    if (!command.help || command.name != topic) continue;
    print(command.help());
    return 0;
  }
  if (!topic.empty() && topic != "--configuration") {
    std::fprintf(stderr, "plenum: no help on \"%s\"\n", topic.c_str());
    return 2;
  }
  print(topic.empty() ? general_help() : server::settings_markdown());
  return 0;
}

int run(const std::string& name, const Context& context) {
  for (const Command& command : kCommands)
    if (command.name == name) return command.run(context);
  std::fprintf(stderr, "plenum: unknown command \"%s\"; see plenum help\n", name.c_str());
  return 2;
}

}  // namespace
}  // namespace plenum::cli

int main(int argc, char** argv, char** envp) {
  plenum::cli::Context context;
  for (int i = 2; i < argc; ++i) context.arguments.emplace_back(argv[i]);
  for (char** e = envp; *e; ++e) context.environment.emplace_back(*e);
  if (argc < 2) {
    std::fputs(plenum::cli::general_help().c_str(), stderr);
    return 2;
  }
  try {
    return plenum::cli::run(argv[1], context);
  } catch (const plenum::server::ConfigError& e) {
    std::fprintf(stderr, "plenum: %s\n", e.what());
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "plenum: %s\n", e.what());
    return 1;
  }
}
