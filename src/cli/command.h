#pragma once
#include <string>
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
int webhook(const Context& context);

std::string general_help();
std::string serve_help();
std::string token_help();
std::string webhook_help();

}  // namespace plenum::cli
