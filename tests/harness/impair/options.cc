#include "harness/impair/options.h"

#include <charconv>
#include <utility>

namespace plenum::impair {
namespace {

template <class T>
bool set_number(std::string_view text, T least, T most, T& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  return error == std::errc{} && end == text.data() + text.size() && to >= least && to <= most;
}

bool add_route(std::string_view text, bool needs_target, std::vector<Route>& routes) {
  constexpr std::size_t kMaxRoutes = 64;
  const auto equals = text.find('=');
  const auto listen = parse_endpoint(text.substr(0, equals));
  if (!listen || routes.size() == kMaxRoutes) return false;
  std::optional<Address> target;
  if (equals != std::string_view::npos) {
    target = parse_endpoint(text.substr(equals + 1));
    if (!target || target->port == 0) return false;
  }
  if (needs_target && !target) return false;
  routes.push_back({*listen, target});
  return true;
}

/// Empty when all is well.
std::string set_plan(std::string_view text, load::LinkPlan& to) {
  auto plan = load::parse_link(text, to);
  if (!plan) return plan.error();
  to = std::move(*plan);
  return {};
}

bool set_duration(std::string_view text, Duration& to) {
  const auto duration = load::parse_duration(text);
  to = duration.value_or(0us);
  return to > 0us;
}

std::string set(std::string_view key, std::string_view value, Options& options) {
  const auto wrong = [&](bool ok, const char* takes) {
    return ok ? std::string() : "takes " + std::string(takes);
  };
  if (key == "--udp")
    return wrong(add_route(value, false, options.udp),
                 "HOST:PORT or HOST:PORT=TARGET:PORT, at most 64");
  if (key == "--tcp")
    return wrong(add_route(value, true, options.tcp), "HOST:PORT=TARGET:PORT, at most 64");
  if (key == "--up") return set_plan(value, options.up);
  if (key == "--down") return set_plan(value, options.down);
  if (key == "--rebind-every")
    return wrong(set_duration(value, options.rebind_every) && options.rebind_every >= 10ms,
                 "a time from 10ms");
  if (key == "--idle") return wrong(set_duration(value, options.idle), "a time such as 120s");
  if (key == "--max-clients")
    return wrong(set_number<std::size_t>(value, 1, 10'000, options.max_clients),
                 "a number from 1 to 10000");
  return "there is no such option";
}

}  // namespace

std::optional<Address> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon == std::string_view::npos ||
      !set_number<std::uint16_t>(text.substr(colon + 1), 0, 65535, port))
    return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (has_brackets) host = host.substr(1, host.size() - 2);
  const auto address = Address::parse(host, port);
  if (address && (address->family == Address::Family::v6) != has_brackets) return std::nullopt;
  return address;
}

Result<Options, std::string> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const std::string key = arguments[i];
    if (i + 1 == arguments.size()) return Err{key + ": a value is missing"};
    const std::string why = set(key, arguments[i + 1], options);
    if (!why.empty()) return Err{key + " " + arguments[i + 1] + ": " + why};
  }
  if (options.udp.empty() && options.tcp.empty())
    return Err{std::string("at least one --udp or --tcp is needed")};
  return options;
}

}  // namespace plenum::impair
