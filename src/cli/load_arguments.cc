#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "cli/arguments.h"
#include "cli/credentials.h"
#include "cli/load_command.h"
#include "server/setting_values.h"

namespace plenum::cli {
namespace {

using load::Scenario;
using server::ConfigError;

constexpr std::uint32_t kMaxParticipants = 10'000;

double decimal(std::string_view text, double max) {
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(v) || v < 0 ||
      v > max)
    throw std::invalid_argument("a number that makes sense here");
  return v;
}

/// "10/s", "30/m", "2/h", or a number of times a second.
double per_second(const std::string& text, double max) {
  const std::size_t slash = text.find('/');
  const std::string unit = slash == std::string::npos ? "s" : text.substr(slash + 1);
  const double v = decimal(std::string_view(text).substr(0, slash), 1e9);
  const double s = unit == "s" ? v : unit == "m" ? v / 60 : unit == "h" ? v / 3600 : -1;
  if (s < 0 || s > max) throw std::invalid_argument("a rate such as 10/s, 30/m or 2/h");
  return s;
}

std::uint32_t count(const std::string& text, std::uint64_t min) {
  return static_cast<std::uint32_t>(server::value::number(text, min, kMaxParticipants));
}

load::Layout layout(const std::string& text) {
  if (text == "speaker") return load::Layout::speaker;
  if (text == "3x3") return load::Layout::grid_3x3;
  if (text == "5x5") return load::Layout::grid_5x5;
  if (text == "all") return load::Layout::all;
  throw std::invalid_argument("speaker, 3x3, 5x5 or all");
}

std::optional<codec::Codec> video(const std::string& text) {
  if (text == "none") return std::nullopt;
  if (text == "vp8") return codec::Codec::vp8;
  if (text == "h264") return codec::Codec::h264;
  throw std::invalid_argument("vp8, h264 or none");
}

bool on_or_off(const std::string& text) {
  if (text != "on" && text != "off") throw std::invalid_argument("on or off");
  return text == "on";
}

/// "leave=6/h,mute=1/m", of each participant.
load::Churn churn(const std::string& text) {
  load::Churn c;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string item = text.substr(at, end - at);
    const std::size_t equals = item.find('=');
    const std::string key = item.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : item.substr(equals + 1);
    if (key == "leave")
      c.leaves_per_hour = 3600 * per_second(value, 1);
    else if (key == "mute")
      c.mutes_per_hour = 3600 * per_second(value, 1);
    else
      throw std::invalid_argument("of the form leave=6/h,mute=1/m");
    at = end + 1;
  }
  return c;
}

load::LinkPlan link(const std::string& text) {
  auto plan = load::parse_link(text);
  if (!plan) throw std::invalid_argument("a link: " + plan.error());
  return std::move(*plan);
}

std::vector<Option> options(LoadOrder& order, std::string& api_key) {
  Scenario& s = order.scenario;
  return {
      text_option("--url", s.url),
      text_option("--api-key", api_key),
      text_option("--api-secret", s.api_secret),
      text_option("--room", s.room),
      {"--rooms", [&](const std::string& t) { s.rooms = count(t, 1); }},
      {"--publishers", [&](const std::string& t) { s.publishers = count(t, 0); }},
      {"--subscribers", [&](const std::string& t) { s.subscribers = count(t, 0); }},
      {"--layout", [&](const std::string& t) { s.layout = layout(t); }},
      {"--video", [&](const std::string& t) { s.video = video(t); }},
      {"--simulcast", [&](const std::string& t) { s.simulcast = on_or_off(t); }},
      {"--audio", [&](const std::string& t) { s.audio = on_or_off(t); }},
      switch_option("--screen-share", s.screen_share),
      switch_option("--publishers-subscribe", s.publishers_subscribe),
      {"--join-rate",
       [&](const std::string& t) {
         s.joins_per_second = per_second(t, 10'000);
         if (s.joins_per_second <= 0) throw std::invalid_argument("more than 0");
       }},
      {"--duration",
       [&](const std::string& t) { s.duration = server::value::duration(t, 1s, 168h); }},
      {"--churn", [&](const std::string& t) { s.churn = churn(t); }},
      {"--impair", [&](const std::string& t) { s.up = s.down = link(t); }},
      {"--impair-up", [&](const std::string& t) { s.up = link(t); }},
      {"--impair-down", [&](const std::string& t) { s.down = link(t); }},
      {"--impaired", [&](const std::string& t) { s.impaired = decimal(t, 1); }},
      {"--data", [&](const std::string& t) { s.data_per_second = per_second(t, 1'000); }},
      {"--seed", [&](const std::string& t) { s.seed = server::value::number(t, 0, UINT64_MAX); }},
      text_option("--json", order.json),
      text_option("--html", order.html),
      switch_option("--quiet", order.quiet),
  };
}

}  // namespace

LoadOrder read_load_order(const Context& context) {
  LoadOrder order;
  order.scenario.url = "ws://127.0.0.1:7880";
  std::string api_key;
  const Arguments arguments = read_arguments(context.arguments, options(order, api_key));
  Scenario& s = order.scenario;
  if (s.publishers + s.subscribers == 0) throw ConfigError("nobody is to join");
  if (std::uint64_t{s.rooms} * (s.publishers + s.subscribers) > kMaxParticipants)
    throw ConfigError("more than 10000 participants: use several processes");
  if (!s.video && !s.audio && !s.screen_share && s.data_per_second <= 0 && s.publishers > 0)
    throw ConfigError("publishers would have nothing to publish");
  if (!s.api_secret.empty()) {
    if (api_key.empty()) throw ConfigError("--api-secret needs --api-key");
    s.api_key = api_key;
    return order;
  }
  const auto [key, secret] =
      choose_credentials(server::load_config(arguments.settings, context.environment), api_key);
  s.api_key = key;
  s.api_secret = secret;
  return order;
}

}  // namespace plenum::cli
