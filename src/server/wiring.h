#pragma once
#include "server/config.h"

namespace plenum::server {

/// Builds the server of one node from its settings, runs it on the calling thread until SIGTERM or
/// SIGINT, and returns the exit code. Throws when it cannot start.
int run(const Config& config);

}  // namespace plenum::server
