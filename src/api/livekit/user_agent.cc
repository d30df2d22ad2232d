#include "api/livekit/user_agent.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace plenum::livekit_api {
namespace {

constexpr std::size_t kMaxVersion = 32;

struct Product {
  std::string_view token, name;
};
/// The more special first: Edge says that it is Chrome, and Chrome that it is Safari.
constexpr std::array kBrowsers = {
    Product{"Edg/", "Edge"},
    Product{"OPR/", "Opera"},
    Product{"SamsungBrowser/", "Samsung Internet"},
    Product{"Firefox/", "Firefox"},
    Product{"FxiOS/", "Firefox"},
    Product{"CriOS/", "Chrome"},
    Product{"Chrome/", "Chrome"},
    Product{"HeadlessChrome/", "Chrome"},
    Product{"Version/", "Safari"},
};
/// Android says that it is Linux, and an iPhone that it is like a Mac.
constexpr std::array kSystems = {
    Product{"Android ", "Android"},    Product{"iPhone OS ", "iOS"},  Product{"CPU OS ", "iOS"},
    Product{"Windows NT ", "Windows"}, Product{"Mac OS X ", "macOS"}, Product{"CrOS ", "ChromeOS"},
    Product{"Linux", "Linux"},
};

bool is_version(char c) { return (c >= '0' && c <= '9') || c == '.' || c == '_'; }

/// The number that follows the token; "" when none does.
std::string version_after(std::string_view text) {
  std::string version;
  for (const char c : text.substr(0, kMaxVersion)) {
    if (!is_version(c)) break;
    version += c == '_' ? '.' : c;
  }
  return version;
}

struct Named {
  std::string name, version;
};
template <std::size_t N>
std::optional<Named> find(std::string_view user_agent, const std::array<Product, N>& products) {
  for (const Product& p : products)
    if (const auto at = user_agent.find(p.token); at != user_agent.npos)
      return Named{std::string(p.name), version_after(user_agent.substr(at + p.token.size()))};
  return std::nullopt;
}

}  // namespace

void add_user_agent(std::string_view user_agent, ::livekit::ClientInfo& client) {
  // Programs that are no browsers have product names of their own.
  if (!user_agent.starts_with("Mozilla/")) return;
  if (client.browser().empty()) {
    if (const auto browser = find(user_agent, kBrowsers)) {
      client.set_browser(browser->name);
      client.set_browser_version(browser->version);
    }
  }
  if (client.os().empty()) {
    if (const auto system = find(user_agent, kSystems)) {
      client.set_os(system->name);
      client.set_os_version(system->version);
    }
  }
}

}  // namespace plenum::livekit_api
