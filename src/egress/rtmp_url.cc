#include "egress/rtmp_url.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {
namespace {

constexpr std::size_t kMaxUrl = 2048;
constexpr std::uint16_t kRtmpPort = 1935, kRtmpsPort = 443;
/// Shorter keys are hidden altogether.
constexpr std::size_t kMinShownKey = 8;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_port(std::string_view s) {
  if (s.empty() || s.size() > 5) return false;
  int port = 0;
  for (const char c : s) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + (c - '0');
  }
  return port >= 1 && port <= 65535;
}

/// "host", "host:port", "[v6]:port".
bool is_host(std::string_view s) {
  std::string_view rest;
  if (s.starts_with('[')) {
    const std::size_t close = s.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    const auto hex = [](char c) { return is_alphanumeric(c) || c == ':' || c == '.'; };
    if (!std::ranges::all_of(s.substr(1, close - 1), hex)) return false;
    rest = s.substr(close + 1);
  } else {
    const std::size_t colon = std::min(s.find(':'), s.size());
    const std::string_view name = s.substr(0, colon);
    const auto fits = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
    if (name.empty() || name.size() > 253 || !std::ranges::all_of(name, fits)) return false;
    rest = s.substr(colon);
  }
  return rest.empty() || (rest.starts_with(':') && is_port(rest.substr(1)));
}

/// Of what is_host() takes: the name or address, and the port or 0.
std::pair<std::string, std::uint16_t> split_host(std::string_view s) {
  const bool is_bracketed = s.starts_with('[');
  const std::size_t end = std::min(s.find(is_bracketed ? ']' : ':'), s.size());
  const std::string_view name = s.substr(is_bracketed ? 1 : 0, end - (is_bracketed ? 1 : 0));
  unsigned port = 0;
  const std::size_t colon = s.find(':', end);
  if (colon != std::string_view::npos)
    for (const char c : s.substr(colon + 1)) port = port * 10 + static_cast<unsigned>(c - '0');
  return {std::string(name), static_cast<std::uint16_t>(port)};
}

/// "/application/key" and what follows. Not everybody's key is the last part, so all behind the
/// application is hidden.
std::string mask_path(std::string_view path) {
  const std::size_t slash = path.find('/', 1);
  const std::string_view key = path.substr(slash + 1);
  std::string out(path.substr(0, slash + 1));
  out += "***";
  if (key.size() >= kMinShownKey) out += key.substr(key.size() - 2);
  return out;
}

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

Result<RtmpUrl, RtmpUrlError> parse_rtmp_url(std::string_view text) {
  if (text.size() > kMaxUrl) return Err{RtmpUrlError::too_long};
  const auto fits = [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '\'' && c != '\\' && c != '`' && c != '<' &&
           c != '>' && c != '|' && c != '#';
  };
  if (!std::ranges::all_of(text, fits)) return Err{RtmpUrlError::bad_character};
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return Err{RtmpUrlError::bad_scheme};
  const std::string scheme = lower(text.substr(0, colon));
  if (scheme != "rtmp" && scheme != "rtmps") return Err{RtmpUrlError::bad_scheme};

  const std::string_view rest = text.substr(colon + 3);
  const std::size_t path_at = rest.find_first_of("/?");
  if (path_at == std::string_view::npos || rest[path_at] != '/') return Err{RtmpUrlError::bad_path};
  const std::string_view authority = rest.substr(0, path_at);
  const std::string_view path = rest.substr(path_at);
  const std::size_t at = authority.rfind('@');
  const std::string_view host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  if (!is_host(host)) return Err{RtmpUrlError::bad_host};
  const std::string_view plain = path.substr(0, path.find('?'));
  const std::size_t key_at = plain.find('/', 1);
  if (key_at == std::string_view::npos || key_at == 1 || key_at + 1 == plain.size())
    return Err{RtmpUrlError::bad_path};

  const std::string prefix = scheme + "://";
  const bool is_tls = scheme == "rtmps";
  auto [name, port] = split_host(host);
  return RtmpUrl{.secret = prefix + std::string(rest),
                 .masked = prefix + std::string(host) + mask_path(plain),
                 .host = std::move(name),
                 .port = port     ? port
                         : is_tls ? kRtmpsPort
                                  : kRtmpPort,
                 .is_tls = is_tls};
}

}  // namespace plenum::egress
