#include "cli/api_client.h"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "api/livekit/token.h"
#include "cli/json_fields.h"
#include "cli/table.h"
#include "io/clock.h"

namespace plenum::cli {
namespace {

namespace json = boost::json;

constexpr std::int64_t kTokenSeconds = 300;
constexpr std::string_view kDefaultUrl = "http://127.0.0.1:7880";

std::string variable(const server::Environment& environment, std::string_view name) {
  for (const std::string_view entry : environment)
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
      return std::string(entry.substr(name.size() + 1));
  return {};
}

/// REST v2 says "message", Twirp says "msg".
std::string refusal_text(const json::object& body, int status) {
  std::string text = text_of(body, "message");
  if (text.empty()) text = text_of(body, "msg");
  if (text.empty()) return fmt::format("the server answered with HTTP status {}", status);
  return fmt::format("the server refused: {} (HTTP status {})", printable(text), status);
}

}  // namespace

ApiClient::ApiClient(std::string url, Credentials credentials, std::function<std::int64_t()> now,
                     Exchange exchange)
    : url_(std::move(url)),
      credentials_(std::move(credentials)),
      now_(std::move(now)),
      exchange_(std::move(exchange)) {}

json::object ApiClient::get(const std::string& path) {
  return call({url_ + path, token(""), std::nullopt});
}

json::object ApiClient::post(const std::string& path, const json::object& body) {
  return call({url_ + path, token(""), json::serialize(body)});
}

json::object ApiClient::room_service(std::string_view method, const json::object& body,
                                     const std::string& room) {
  return call({fmt::format("{}/twirp/livekit.RoomService/{}", url_, method), token(room),
               json::serialize(body)});
}

/// LiveKit's kind, which REST v2 takes too. It grants what the call needs: one room's
/// administration or the rooms as such.
std::string ApiClient::token(const std::string& room) const {
  livekit_api::AccessToken token;
  token.api_key = credentials_.api_key;
  token.grants.room = room;
  token.grants.room_admin = !room.empty();
  token.grants.room_create = token.grants.room_list = room.empty();
  token.issued_at = token.not_before = now_();
  token.expires_at = token.issued_at + kTokenSeconds;
  return livekit_api::write_token(token, credentials_.secret);
}

json::object ApiClient::call(const HttpCall& call) {
  const HttpAnswer answer = exchange_(call);
  auto body = parse_object(answer.body);
  if (answer.status < 200 || answer.status > 299)
    throw ApiError(answer.status, refusal_text(body.value_or(json::object()), answer.status));
  if (!body) throw std::runtime_error("what answers at " + url_ + " is not a Plenum server");
  return *std::move(body);
}

ServerCommand read_server_command(const Context& context, std::vector<Option> options,
                                  std::initializer_list<std::string_view> words) {
  std::string url = variable(context.environment, "PLENUM_URL"), origin = "PLENUM_URL", api_key;
  if (url.empty()) url = kDefaultUrl;
  options.push_back({"--url", [&](const std::string& text) {
                       url = text;
                       origin = "--url";
                     }});
  options.push_back(text_option("--api-key", api_key));
  Arguments arguments = read_arguments(context.arguments, options, words);
  try {
    url = server_url(url);
  } catch (const std::invalid_argument& e) {
    throw server::ConfigError(fmt::format("{}: \"{}\" is not {}", origin, url, e.what()));
  }
  const server::Config config = server::load_config(arguments.settings, context.environment);
  return {std::move(arguments.words),
          ApiClient(url, choose_credentials(config, api_key), [] { return io::unix_ms() / 1000; })};
}

}  // namespace plenum::cli
