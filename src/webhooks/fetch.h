#pragma once
#include <optional>
#include <string>

#include "base/time.h"

namespace plenum::webhooks {

/// The body of a successful GET, for tools: blocks up to `limit`, follows no redirect, and knows no
/// guard. nullopt when there is no 2xx answer or it is longer than 1 MiB.
std::optional<std::string> fetch(const std::string& url, Duration limit);

}  // namespace plenum::webhooks
