#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <stdexcept>

#include "cli/token_command.h"
#include "io/clock.h"
#include "server/setting_values.h"

namespace plenum::cli {
namespace {

using livekit_api::AccessToken;
using livekit_api::Grants;
using server::ConfigError;

struct Named {
  std::string_view name;
  void (*apply)(Grants&);
};
constexpr Named kGrants[] = {
    {"room-create", [](Grants& g) { g.room_create = true; }},
    {"room-list", [](Grants& g) { g.room_list = true; }},
    {"room-admin", [](Grants& g) { g.room_admin = true; }},
    {"room-record", [](Grants& g) { g.room_record = true; }},
    {"update-own-metadata", [](Grants& g) { g.can_update_own_metadata = true; }},
    {"hidden", [](Grants& g) { g.hidden = true; }},
    {"recorder", [](Grants& g) { g.recorder = true; }},
    {"agent", [](Grants& g) { g.agent = true; }},
};
constexpr Named kDenials[] = {
    {"publish", [](Grants& g) { g.can_publish = false; }},
    {"subscribe", [](Grants& g) { g.can_subscribe = false; }},
    {"publish-data", [](Grants& g) { g.can_publish_data = false; }},
};
constexpr std::array<std::string_view, 4> kSources{"camera", "microphone", "screen_share",
                                                   "screen_share_audio"};

template <std::size_t N>
void apply_named(const Named (&table)[N], const std::string& name, Grants& grants) {
  for (const Named& n : table)
    if (n.name == name) return n.apply(grants);
  throw std::invalid_argument("known; see plenum help token");
}

void add_attribute(AccessToken& token, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    throw std::invalid_argument("of the form KEY=VALUE");
  token.attributes[text.substr(0, equals)] = text.substr(equals + 1);
}

void add_source(AccessToken& token, const std::string& text) {
  for (const std::string_view source : kSources)
    if (source == text) return token.grants.can_publish_sources.push_back(text);
  throw std::invalid_argument("a source; see plenum help token");
}

/// What the flags fill besides the token itself.
struct Draft {
  AccessToken token;
  Duration valid_for = 6h;
};

struct Option {
  std::string_view flag;
  void (*set)(Draft&, const std::string&);
};
constexpr Option kOptions[] = {
    {"--room", [](Draft& d, const std::string& t) { d.token.grants.room = t; }},
    {"--identity", [](Draft& d, const std::string& t) { d.token.identity = t; }},
    {"--name", [](Draft& d, const std::string& t) { d.token.name = t; }},
    {"--metadata", [](Draft& d, const std::string& t) { d.token.metadata = t; }},
    {"--attribute", [](Draft& d, const std::string& t) { add_attribute(d.token, t); }},
    {"--valid-for",
     [](Draft& d, const std::string& t) { d.valid_for = server::value::duration(t, 1s, 8760h); }},
    {"--api-key", [](Draft& d, const std::string& t) { d.token.api_key = t; }},
    {"--grant", [](Draft& d, const std::string& t) { apply_named(kGrants, t, d.token.grants); }},
    {"--deny", [](Draft& d, const std::string& t) { apply_named(kDenials, t, d.token.grants); }},
    {"--source", [](Draft& d, const std::string& t) { add_source(d.token, t); }},
};

const Option* find_option(std::string_view flag) {
  for (const Option& o : kOptions)
    if (o.flag == flag) return &o;
  return nullptr;
}

/// Applies our options to `draft` and returns the arguments that are not ours: the server's, which
/// say where the keys are.
std::vector<std::string> take_options(const std::vector<std::string>& arguments, Draft& draft) {
  std::vector<std::string> others;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::size_t equals = std::min(arguments[i].find('='), arguments[i].size());
    const std::string flag = arguments[i].substr(0, equals);
    const Option* option = find_option(flag);
    if (!option) {
      others.push_back(arguments[i]);
      continue;
    }
    const bool joined = equals != arguments[i].size();
    if (!joined && i + 1 == arguments.size()) throw ConfigError(flag + " needs a value");
    const std::string text = joined ? arguments[i].substr(equals + 1) : arguments[++i];
    try {
      option->set(draft, text);
    } catch (const std::invalid_argument& e) {
      throw ConfigError(fmt::format("{}: \"{}\" is not {}", flag, text, e.what()));
    }
  }
  return others;
}

std::pair<std::string, std::string> choose_key(server::Config config, const std::string& wanted) {
  if (config.dev && config.keys.empty()) config.keys.emplace(server::kDevKey, server::kDevSecret);
  if (config.keys.empty())
    throw ConfigError("no API key: use --config, PLENUM_KEYS=key:secret or --dev");
  if (wanted.empty()) return *config.keys.begin();
  const auto found = config.keys.find(wanted);
  if (found == config.keys.end()) throw ConfigError("there is no API key \"" + wanted + "\"");
  return *found;
}

}  // namespace

TokenOrder read_token_order(const Context& context, std::int64_t now) {
  Draft draft;
  const auto others = take_options(context.arguments, draft);
  const auto [key, secret] =
      choose_key(server::load_config(others, context.environment), draft.token.api_key);
  AccessToken& token = draft.token;
  if (token.grants.room.empty() || token.identity.empty())
    throw ConfigError("--room and --identity are required");
  token.grants.room_join = true;
  token.api_key = key;
  token.issued_at = token.not_before = now;
  token.expires_at =
      now + std::chrono::duration_cast<std::chrono::seconds>(draft.valid_for).count();
  return {token, secret};
}

int token(const Context& context) {
  if (context.wants_help()) {
    std::fputs(token_help().c_str(), stdout);
    return 0;
  }
  if (context.arguments.empty() || context.arguments.front() != "create")
    throw ConfigError(
        "usage: plenum token create --room ROOM --identity ID; see plenum help token");
  Context rest = context;
  rest.arguments.erase(rest.arguments.begin());
  const TokenOrder order = read_token_order(rest, io::unix_ms() / 1000);
  std::puts(livekit_api::write_token(order.token, order.secret).c_str());
  return 0;
}

}  // namespace plenum::cli
