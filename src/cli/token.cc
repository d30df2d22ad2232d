#include <array>
#include <cstdio>
#include <stdexcept>

#include "cli/arguments.h"
#include "cli/credentials.h"
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

std::vector<Option> options(Draft& draft) {
  AccessToken& token = draft.token;
  Grants& grants = token.grants;
  return {
      text_option("--room", grants.room),
      text_option("--identity", token.identity),
      text_option("--name", token.name),
      text_option("--metadata", token.metadata),
      text_option("--api-key", token.api_key),
      {"--attribute", [&](const std::string& t) { add_attribute(token, t); }},
      {"--valid-for",
       [&](const std::string& t) { draft.valid_for = server::value::duration(t, 1s, 8760h); }},
      {"--grant", [&](const std::string& t) { apply_named(kGrants, t, grants); }},
      {"--deny", [&](const std::string& t) { apply_named(kDenials, t, grants); }},
      {"--source", [&](const std::string& t) { add_source(token, t); }},
  };
}

int create(const Context& context) {
  const TokenOrder order = read_token_order(context, io::unix_ms() / 1000);
  std::puts(livekit_api::write_token(order.token, order.secret).c_str());
  return 0;
}

}  // namespace

TokenOrder read_token_order(const Context& context, std::int64_t now) {
  Draft draft;
  const Arguments arguments = read_arguments(context.arguments, options(draft));
  const auto [key, secret] = choose_credentials(
      server::load_config(arguments.settings, context.environment), draft.token.api_key);
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
  static constexpr Verb kVerbs[] = {{"create", create}};
  return run_verb(context, "token", token_help, kVerbs);
}

}  // namespace plenum::cli
