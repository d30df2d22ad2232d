#include <cstdio>

#include "base/log.h"
#include "cli/command.h"
#include "server/wiring.h"

namespace plenum::cli {

int serve(const Context& context) {
  if (context.wants_help()) {
    std::fputs(serve_help().c_str(), stdout);
    return 0;
  }
  server::Config config = server::load_config(context.arguments, context.environment);
  server::check_config(config);
  log::configure(config.log_level, config.log_format);
  return server::run(config);
}

}  // namespace plenum::cli
