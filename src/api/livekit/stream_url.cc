#include "api/livekit/stream_url.h"

#include <algorithm>

namespace plenum::livekit_api {
namespace {

using control::EgressTarget;
using twirp::Code;
using twirp::Error;

constexpr std::size_t kMaxUrlBytes = 2048;

Err<Error> invalid(const char* text) { return Err{Error{Code::invalid_argument, text}}; }

}  // namespace

Result<EgressTarget, Error> stream_target(std::string_view url) {
  if (url.size() > kMaxUrlBytes) return invalid("a stream url is longer than 2048 bytes");
  if (!std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7f; }))
    return invalid("a stream url has characters that are not allowed");
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos ||
      (url.substr(0, scheme) != "rtmp" && url.substr(0, scheme) != "rtmps"))
    return invalid("a stream url must begin with rtmp:// or rtmps://");
  const std::size_t host = scheme + 3;
  const std::size_t host_end = url.find('/', host);
  // A key may have a query, and that one slashes.
  const std::size_t path_end = std::min(url.find('?', host), url.size());
  const std::size_t key = url.substr(0, path_end).rfind('/');
  if (host_end == std::string_view::npos || host_end == host || url[host] == ':' ||
      key <= host_end || key + 1 == path_end)
    return invalid("a stream url must be rtmp://host/app/key");
  if (url.substr(host, host_end - host).find('@') != std::string_view::npos)
    return invalid("user and password in a stream url are not offered");
  return EgressTarget{std::string(url.substr(0, key)), std::string(url.substr(key + 1))};
}

std::string masked_url(const EgressTarget& target) {
  constexpr std::size_t kShown = 2, kShortest = 6;
  const std::string& key = target.secret;
  return target.url + "/{****" + (key.size() < kShortest ? "" : key.substr(key.size() - kShown)) +
         "}";
}

std::string masked_url(std::string_view url) {
  const auto target = stream_target(url);
  return target ? masked_url(*target) : "{****}";
}

}  // namespace plenum::livekit_api
