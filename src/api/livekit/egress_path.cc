#include "api/livekit/egress_path.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace plenum::livekit_api {
namespace {

using twirp::Code;
using twirp::Error;

constexpr std::string_view kOtherwise = "{room_name}-{time}";

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Names of rooms and people are no folders.
std::string in_one_part(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '/' || c == '\\' || is_control(c); }, '_');
  return text == ".." || text == "." ? "_" : text;
}

std::string filled_in(std::string_view path, const PathFacts& facts) {
  const std::chrono::sys_time<std::chrono::milliseconds> at{
      std::chrono::milliseconds(facts.unix_ms)};
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(at));
  const std::array<std::pair<std::string_view, std::string>, 8> words = {{
      {"{room_name}", in_one_part(facts.room_name)},
      {"{room_id}", facts.room_id},
      {"{time}", fmt::format("{:%Y-%m-%dT%H%M%S}", utc)},
      {"{utc}", fmt::format("{:%Y%m%d%H%M%S}{:03}", utc, facts.unix_ms % 1000)},
      {"{publisher_identity}", in_one_part(facts.publisher_identity)},
      {"{track_id}", facts.track_id},
      {"{track_type}", facts.track_type},
      {"{track_source}", facts.track_source},
  }};
  std::string out;
  while (!path.empty()) {
    const auto word = std::ranges::find_if(
        words, [&](const auto& w) { return !w.second.empty() && path.starts_with(w.first); });
    out += word == words.end() ? std::string(1, path.front()) : word->second;
    path.remove_prefix(word == words.end() ? 1 : word->first.size());
  }
  return out;
}

/// nullptr: nothing.
const char* fault_of(std::string_view path) {
  if (path.size() > kMaxPathBytes) return "a path is longer than 1024 bytes";
  if (path.starts_with('/')) return "a path must not begin with a slash";
  if (std::ranges::any_of(path, is_control) || path.find('\\') != std::string_view::npos)
    return "a path has characters that are not allowed";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (path.substr(at, end - at) == "..") return "a path must not have a part \"..\"";
    at = end + 1;
  }
  return nullptr;
}

}  // namespace

Result<std::string, Error> egress_path(std::string_view path, std::string_view extension,
                                       const PathFacts& facts) {
  if (const char* fault = fault_of(path)) return Err{Error{Code::invalid_argument, fault}};
  std::string name(path);
  if (name.empty() || name.ends_with('/')) name += kOtherwise;
  name = filled_in(name, facts);
  if (!name.ends_with(extension)) name += extension;
  if (const char* fault = fault_of(name)) return Err{Error{Code::invalid_argument, fault}};
  return name;
}

}  // namespace plenum::livekit_api
