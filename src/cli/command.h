#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/config.h"

/// The subcommands of the program. Each gets the arguments behind its name and returns the exit
/// code: 0 done, 1 failed, 2 used wrongly.
namespace plenum::cli {

struct Context {
  std::vector<std::string> arguments;
  server::Environment environment;

  bool wants_help() const;
};

int serve(const Context& context);
int token(const Context& context);
int room(const Context& context);
int participant(const Context& context);
int key(const Context& context);
int webhook(const Context& context);
int compose(const Context& context);
int load(const Context& context);

std::string general_help();
std::string serve_help();
std::string token_help();
std::string room_help();
std::string participant_help();
std::string key_help();
std::string webhook_help();
std::string compose_help();
std::string load_help();

/// What a subcommand can be told to do, by its first argument.
struct Verb {
  std::string_view name;
  int (*run)(const Context&);
};
/// Prints the help when it is asked for; else runs the verb with the arguments behind it. Throws
/// server::ConfigError when there is none of that name.
int run_verb(const Context& context, std::string_view command, std::string (*help)(),
             std::span<const Verb> verbs);

}  // namespace plenum::cli
