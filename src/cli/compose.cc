#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "cli/command.h"
#include "server/egress_process.h"

namespace plenum::cli {

/// Becomes the program that composes: only that one links decoders and encoders.
int compose(const Context& context) {
  if (context.wants_help()) {
    std::fputs(compose_help().c_str(), stdout);
    return 0;
  }
  const std::string program = server::find_egress_program().string();
  if (program.empty())
    throw std::runtime_error("plenum-egress has to lie beside plenum for this, and does not");
  std::vector<std::string> arguments{program, "compose"};
  arguments.insert(arguments.end(), context.arguments.begin(), context.arguments.end());
  std::vector<char*> argv;
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  throw std::system_error(errno, std::generic_category(), "cannot start " + program);
}

}  // namespace plenum::cli
