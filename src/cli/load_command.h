#pragma once
#include <string>

#include "cli/command.h"
#include "load/scenario.h"

namespace plenum::cli {

/// What `plenum load` was asked to do.
struct LoadOrder {
  load::Scenario scenario;
  /// Files to write; "-" = the terminal, empty = none.
  std::string json, html;
  bool quiet = false;
};

/// Throws server::ConfigError.
LoadOrder read_load_order(const Context& context);

}  // namespace plenum::cli
