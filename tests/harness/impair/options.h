#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "load/link_config.h"

namespace plenum::impair {

/// Where to listen and where what comes there goes.
struct Route {
  Address listen;
  std::optional<Address> target;  // UDP only: may be told later
};

struct Options {
  std::vector<Route> udp, tcp;
  load::LinkPlan up, down{.seed = 2};
  Duration rebind_every{};         // 0: only when told
  Duration idle = 120s;            // a UDP client that is silent both ways for so long is forgotten
  std::size_t max_clients = 1024;  // of each route
};

/// "127.0.0.1:7882" or "[::1]:7882"; nullopt when it is neither.
std::optional<Address> parse_endpoint(std::string_view text);
/// The command line without the program's name. The error is a sentence for who wrote it.
Result<Options, std::string> parse_options(std::span<const char* const> arguments);

}  // namespace plenum::impair
