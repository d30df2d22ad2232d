// A parsed HTTP request (RFC 9110, 9112) as handlers see it: values only, no socket. What a peer
// sent is checked for form before one of these exists; what it means is the handler's business.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"

namespace plenum::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };
Method method_from(std::string_view name);
std::string_view method_name(Method method);

/// Compares as field names and similar tokens are compared: ASCII letters without case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

/// Header fields in order of arrival. Names compare without case (RFC 9110 5.1).
class Headers {
 public:
  void add(std::string name, std::string value);
  /// Replaces every field of that name.
  void set(std::string_view name, std::string value);
  void erase(std::string_view name);
  /// The first field of that name; nullopt when there is none, unlike an empty one.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  bool contains(std::string_view name) const { return count(name) > 0; }
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// The query of a URL as name/value pairs, decoded once: percent escapes, and '+' as space
/// (application/x-www-form-urlencoded). A broken escape stays as it was sent.
class Query {
 public:
  Query() = default;
  static Query parse(std::string_view text);
  /// The first value of that name; nullopt when it is absent, "" for `name` and `name=`.
  std::optional<std::string_view> find(std::string_view name) const;
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  std::size_t size() const { return values_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// Percent-decoding for a path segment: '+' stays. nullopt for a broken escape or a NUL.
std::optional<std::string> decode_path(std::string_view text);

/// The path of a request target: without query, with slashes doubled at its start collapsed (old
/// SDKs append "/rtc" to URLs that end in a slash).
std::string_view path_of(std::string_view target);

struct Request {
  // Declared so that Request is no aggregate: GCC 12 copies an aggregate temporary bytewise into a
  // coroutine's frame, which breaks its strings.
  Request() = default;

  Method method = Method::get;
  /// As sent. Holds secrets (access_token, join_request): log `path` instead.
  std::string target;
  /// The target's path, still percent-encoded, doubled slashes at its start collapsed.
  std::string path;
  Query query;
  Headers headers;
  std::string body;
  /// The other end of the connection.
  Address client;
  /// Values of the route's {names}, percent-decoded.
  std::vector<std::pair<std::string, std::string>> parameters;

  /// Field value, or "" when absent.
  std::string_view header(std::string_view name) const;
  /// Value of a {name} of the route, or "" when the route has none.
  std::string_view parameter(std::string_view name) const;
  /// The token of `Authorization: Bearer <token>` (RFC 6750 2.1).
  std::optional<std::string_view> bearer_token() const;
  /// Content-Type without its parameters, e.g. "application/json" for any charset.
  std::string_view content_type() const;
};

}  // namespace plenum::http
