#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "egress/offline_composition.h"

namespace plenum::egress {

/// What `plenum-egress compose` is told, without the word itself. The error is a sentence for who
/// typed it.
Result<OfflinePlan, std::string> parse_compose_arguments(std::span<const std::string> arguments);

/// `text` with what a terminal would obey replaced by '?'.
std::string printable(std::string_view text);

/// Composes, tells how far it is while standard error is a terminal, and says on standard output
/// what came of it. Answers the exit code: 0 done, 1 failed, 2 used wrongly.
int compose_command(std::span<const std::string> arguments);

}  // namespace plenum::egress
