// Twirp v7, the protocol of LiveKit's server API (livekit-wire 9.1): how a request names its method
// and carries its message, and how answers and errors look. Pure: knows no method and no socket.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/request.h"
#include "api/http/response.h"
#include "base/result.h"

namespace google::protobuf {
class Message;
}

namespace plenum::livekit_api::twirp {

/// Largest request body.
inline constexpr std::size_t kMaxBodyBytes = std::size_t{10} << 20;

/// The error codes of Twirp that this server gives.
enum class Code : std::uint8_t {
  invalid_argument,
  malformed,
  not_found,
  bad_route,
  unauthenticated,
  resource_exhausted,
  failed_precondition,
  unimplemented,
  internal,
  canceled,
  unavailable,
};

struct Error {
  Code code = Code::internal;
  std::string text;
  /// Further facts for programs; absent when empty.
  std::map<std::string, std::string> meta{};
};

/// How a message is written; an answer is written as its request was.
enum class Encoding : std::uint8_t { json, protobuf };

/// What a path below /twirp/ names, e.g. "livekit.RoomService" and "ListRooms".
struct Route {
  std::string_view service, method;
};
/// nullopt unless `path` is two names with one slash between them.
std::optional<Route> parse_route(std::string_view path);

/// By the request's content type, whose parameters do not matter; nullopt for any other type.
std::optional<Encoding> encoding_of(const http::Request& request);

/// Fills `out`. JSON may name fields in either casing; fields nobody knows are read over.
Status<Error> parse_body(std::string_view body, Encoding encoding, google::protobuf::Message& out);

/// 200 with the message. JSON has snake_case names and every field, set or not.
http::Response answer(const google::protobuf::Message& message, Encoding encoding);
/// Always JSON, with the status that belongs to the code.
http::Response refusal(const Error& error);

}  // namespace plenum::livekit_api::twirp
