#include "history/device.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>

namespace plenum::history {
namespace {

namespace json = boost::json;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// "desktop", "mobile" or "server": what the software runs on.
std::string_view platform_of(const control::ClientInfo& client) {
  constexpr std::array kMobile{"android", "ios", "iphone", "ipad"};
  const std::string os = lower(client.os);
  const auto runs_on = [&](const char* name) { return os.find(name) != std::string::npos; };
  if (std::ranges::any_of(kMobile, runs_on)) return "mobile";
  return client.browser.empty() && client.os.empty() ? "server" : "desktop";
}

json::object named(const std::string& name, const std::string& version) {
  return {{"name", name}, {"version", version}};
}

}  // namespace

std::optional<std::string> device_of(const control::ClientInfo& client) {
  const std::string sdk = client.sdk == "UNKNOWN" ? "" : lower(client.sdk);
  if (sdk.empty() && client.os.empty() && client.browser.empty()) return std::nullopt;
  const std::string_view platform = platform_of(client);
  json::object out{{"sdkType", sdk}, {"sdkVersion", client.version}, {"platform", platform}};
  out["browserUserAgent"] = json::object{{"browser", named(client.browser, client.browser_version)},
                                         {"os", named(client.os, client.os_version)},
                                         {"platform", json::object{{"type", platform}}}};
  if (!client.device_model.empty()) out["deviceModel"] = client.device_model;
  return json::serialize(out);
}

}  // namespace plenum::history
