#include "api/http/router.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace plenum::http {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// More than any JSON request of ours needs, and little enough to be held by many clients at once.
constexpr std::size_t kMaxBodyBytes = std::size_t{1} << 20;

bool reads(Method method) { return method == Method::get || method == Method::head; }

struct Segment {
  enum class Kind : std::uint8_t { literal, name, rest };
  Kind kind;
  std::string text;
  friend bool operator==(const Segment&, const Segment&) = default;
};

[[noreturn]] void malformed(std::string_view pattern) {
  throw std::invalid_argument("route pattern \"" + std::string(pattern) + "\" is malformed");
}

Segment parse_segment(std::string_view text, bool last, std::string_view pattern) {
  if (!text.starts_with('{')) {
    if (text.find_first_of("{}") != std::string_view::npos) malformed(pattern);
    return {Segment::Kind::literal, std::string(text)};
  }
  if (!text.ends_with('}')) malformed(pattern);
  text = text.substr(1, text.size() - 2);
  const bool rest = text.ends_with("...");
  if (rest) text.remove_suffix(3);
  if (text.empty() || (rest && !last)) malformed(pattern);
  return {rest ? Segment::Kind::rest : Segment::Kind::name, std::string(text)};
}

std::vector<Segment> parse_pattern(std::string_view pattern) {
  if (!pattern.starts_with('/')) malformed(pattern);
  std::vector<Segment> segments;
  std::string_view left = pattern.substr(1);
  while (true) {
    const std::size_t slash = left.find('/');
    const bool last = slash == std::string_view::npos;
    segments.push_back(parse_segment(left.substr(0, slash), last, pattern));
    if (last) return segments;
    left.remove_prefix(slash + 1);
  }
}

/// Fills `out` and answers true when the path fits the pattern.
bool matches(const std::vector<Segment>& pattern, std::string_view path, Parameters& out) {
  out.clear();
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const Segment& segment = pattern[i];
    const bool last = i + 1 == pattern.size();
    const bool whole = segment.kind == Segment::Kind::rest;
    const std::size_t slash = whole ? std::string_view::npos : path.find('/');
    if (!whole && last != (slash == std::string_view::npos)) return false;
    const auto value = decode_path(path.substr(0, slash));
    if (!value) return false;
    if (segment.kind == Segment::Kind::literal) {
      if (*value != segment.text) return false;
    } else {
      if (segment.kind == Segment::Kind::name && value->empty()) return false;
      out.emplace_back(segment.text, *value);
    }
    if (!last) path.remove_prefix(slash + 1);
  }
  return true;
}

}  // namespace

struct Router::Entry {
  std::vector<Segment> pattern;
  std::map<Method, Route> methods;
  std::optional<Route> upgrade;
  WebsocketOptions websocket;
};

// A Router is moved into the server; Entry is complete only here.
Router::Router() = default;
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

Router::Entry& Router::entry(std::string_view pattern) {
  auto segments = parse_pattern(pattern);
  for (const auto& e : entries_)
    if (e->pattern == segments) return *e;
  entries_.push_back(std::make_unique<Entry>());
  Entry& added = *entries_.back();
  added.pattern = std::move(segments);
  // More particular patterns are tried first: literal before name before rest, left to right.
  std::ranges::stable_sort(entries_, [](const auto& a, const auto& b) {
    return std::ranges::lexicographical_compare(
        a->pattern, b->pattern, [](const Segment& x, const Segment& y) { return x.kind < y.kind; });
  });
  return added;
}

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
  const std::size_t max_body = options.max_body_bytes.value_or(reads(method) ? 0 : kMaxBodyBytes);
  const bool added =
      entry(pattern).methods.emplace(method, Route{std::move(handler), {}, max_body}).second;
  if (!added)
    throw std::invalid_argument("route " + std::string(method_name(method)) + " " +
                                std::string(pattern) + " is there already");
}

void Router::websocket(std::string_view pattern, UpgradeHandler handler, WebsocketOptions options) {
  Entry& e = entry(pattern);
  if (e.upgrade)
    throw std::invalid_argument("WebSocket route " + std::string(pattern) + " is there already");
  e.upgrade = Route{{}, std::move(handler)};
  e.websocket = options;
}

void Router::fallback(Handler handler) { fallback_ = Route{std::move(handler), {}}; }

void Router::refusals(std::string prefix, Refusal write) {
  refusals_.emplace_back(std::move(prefix), std::move(write));
}

Response Router::refusal(const Request& request, int status) const {
  for (const auto& [prefix, write] : refusals_)
    if (request.path.starts_with(prefix)) return write(request, status);
  return Response::text(status, std::string(reason_phrase(status)));
}

Router::Match Router::match(Method method, std::string_view path) const {
  Match result;
  result.malformed = !decode_path(path);
  if (result.malformed) return result;
  for (const auto& e : entries_) {
    Parameters parameters;
    if (e->methods.empty() || !matches(e->pattern, path, parameters)) continue;
    auto found = e->methods.find(method);
    if (found == e->methods.end() && method == Method::head) found = e->methods.find(Method::get);
    if (found != e->methods.end()) {
      result.route = &found->second;
      result.parameters = std::move(parameters);
      return result;
    }
    for (const auto& [known, route] : e->methods) result.allowed.push_back(known);
  }
  if (!fallback_ || !reads(method) || !result.allowed.empty()) return result;
  Parameters ignored;
  for (const auto& e : entries_)  // a plain GET of a WebSocket route is 404, not a static file
    if (e->upgrade && matches(e->pattern, path, ignored)) return result;
  result.route = &*fallback_;
  return result;
}

Router::Match Router::match_upgrade(std::string_view path) const {
  Match result;
  for (const auto& e : entries_) {
    if (!e->upgrade || !matches(e->pattern, path, result.parameters)) continue;
    result.route = &*e->upgrade;
    result.websocket = e->websocket;
    return result;
  }
  return result;
}

void add_cors(const Request& request, Response& response) {
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("Access-Control-Expose-Headers", "*");
  if (request.method != Method::options) return;
  response.headers.set("Access-Control-Allow-Methods",
                       "OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE");
  // "*" would not cover Authorization (Fetch standard 4.9), so the wish is echoed.
  const std::string_view wanted = request.header("Access-Control-Request-Headers");
  response.headers.set("Access-Control-Allow-Headers", wanted.empty() ? "*" : std::string(wanted));
  response.headers.set("Access-Control-Max-Age", "86400");
}

}  // namespace plenum::http
