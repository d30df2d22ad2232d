#include "server/setting_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "outbound/guard.h"
#include "storage/s3_client.h"

namespace plenum::server::value {
namespace {

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t v = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, v);
  if (error != std::errc() || at != end || text.empty()) return std::nullopt;
  return v;
}

/// Microseconds in one unit; 0 for an unknown one.
std::int64_t unit(std::string_view name) {
  if (name == "ms") return 1'000;
  if (name.empty() || name == "s") return 1'000'000;
  if (name == "m") return 60'000'000;
  if (name == "h") return 3'600'000'000;
  return 0;
}

std::string duration_text(Duration d) {
  const auto ms = d.count() / 1000;
  return ms % 1000 == 0 ? fmt::format("{}s", ms / 1000) : fmt::format("{}ms", ms);
}

}  // namespace

bool boolean(const std::string& text) {
  if (text == "true" || text == "1" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "0" || text == "no" || text == "off") return false;
  throw std::invalid_argument("true or false");
}

std::uint64_t number(const std::string& text, std::uint64_t min, std::uint64_t max) {
  const auto v = digits(text);
  if (!v || *v < min || *v > max)
    throw std::invalid_argument(fmt::format("a number from {} to {}", min, max));
  return *v;
}

Duration duration(const std::string& text, Duration min, Duration max) {
  constexpr std::uint64_t kMostUnits = 1'000'000;  // far beyond every range, far from overflow
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = digits(std::string_view(text).substr(0, end));
  const std::int64_t us = unit(std::string_view(text).substr(end));
  if (count && us != 0 && *count <= kMostUnits) {
    const Duration d(static_cast<std::int64_t>(*count) * us);
    if (d >= min && d <= max) return d;
  }
  throw std::invalid_argument(fmt::format("a duration from {} to {}, such as 500ms, 10s or 5m",
                                          duration_text(min), duration_text(max)));
}

Address ip(const std::string& text) {
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const auto a = Address::parse(bracketed ? text.substr(1, text.size() - 2) : text, 0);
  if (!a) throw std::invalid_argument("an IPv4 or IPv6 address");
  return *a;
}

Address ip_or_endpoint(const std::string& text) {
  const auto colon = text.rfind(':');
  const bool v6_with_port =
      text.starts_with('[') && colon != std::string::npos && colon > 0 && text[colon - 1] == ']';
  const bool v4_with_port = colon != std::string::npos && text.find(':') == colon;
  try {
    if (!v6_with_port && !v4_with_port) return ip(text);
    Address a = ip(text.substr(0, colon));
    a.port = static_cast<std::uint16_t>(number(text.substr(colon + 1), 1, 65535));
    return a;
  } catch (const std::invalid_argument&) {
    throw std::invalid_argument(
        "an address such as 192.0.2.1, 192.0.2.1:7882 or [2001:db8::1]:7882");
  }
}

std::pair<std::string, std::string> key(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size())
    throw std::invalid_argument("of the form key:secret");
  const auto begin = text.find_first_not_of(' ', colon + 1);  // "key: secret" as others write it
  return {text.substr(0, colon), begin == std::string::npos ? "" : text.substr(begin)};
}

std::string base_url(const std::string& text) {
  if (outbound::url_fault(text)) throw std::invalid_argument("an http:// or https:// URL");
  std::string url = text;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string webhook_url(const std::string& text) {
  if (const auto fault = outbound::hook_fault(text))
    throw std::invalid_argument("a URL for webhooks: " + *fault);
  return text;
}

std::string s3_endpoint(const std::string& text) {
  if (text.find_first_of("?#") != std::string::npos)
    throw std::invalid_argument("an http:// or https:// URL without ? and #");
  return base_url(text);
}

std::string s3_region(const std::string& text) {
  const bool good = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
  if (!good) throw std::invalid_argument("1 to 64 letters, digits and dashes");
  return text;
}

std::string s3_bucket(const std::string& text) {
  const bool good = text.size() >= 3 && text.size() <= 63 && text.find("..") == std::string::npos &&
                    is_lower_or_digit(text.front()) && is_lower_or_digit(text.back()) &&
                    std::ranges::all_of(
                        text, [](char c) { return is_lower_or_digit(c) || c == '.' || c == '-'; });
  if (!good)
    throw std::invalid_argument(
        "the name of a bucket: 3 to 63 of a-z, 0-9, dots and dashes, with a letter or digit at "
        "both ends");
  return text;
}

std::string s3_prefix(const std::string& text) {
  const std::size_t from = text.find_first_not_of('/');
  if (from == std::string::npos) return "";
  std::string prefix = text.substr(from, text.find_last_not_of('/') + 1 - from);
  if (prefix.size() > 512 || storage::key_fault({}, prefix))
    throw std::invalid_argument("a path of up to 512 bytes without empty segments and dots");
  return prefix;
}

std::string credential(const std::string& text) {
  const bool good = !text.empty() && text.size() <= 256 &&
                    std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  if (!good) throw std::invalid_argument("1 to 256 printable characters without spaces");
  return text;
}

IceServer ice_server(const std::string& text) {
  std::istringstream words(text);
  IceServer server;
  std::string rest;
  words >> server.url >> server.username >> server.credential >> rest;
  const bool stun = server.url.starts_with("stun:") || server.url.starts_with("stuns:");
  const bool turn = server.url.starts_with("turn:") || server.url.starts_with("turns:");
  const bool complete = server.username.empty() == server.credential.empty();
  if ((!stun && !turn) || !complete || !rest.empty() || (turn && server.username.empty()))
    throw std::invalid_argument("\"stun:host:port\" or \"turn:host:port username credential\"");
  return server;
}

}  // namespace plenum::server::value
