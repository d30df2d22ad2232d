#include "api/livekit/twirp.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <climits>

namespace plenum::livekit_api::twirp {
namespace {

namespace util = google::protobuf::util;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProtobuf = "application/protobuf";

struct CodeName {
  Code code;
  std::string_view name;
  int status;
};
// The table of Twirp's "Errors" specification.
constexpr std::array kCodes = {
    CodeName{Code::invalid_argument, "invalid_argument", 400},
    CodeName{Code::malformed, "malformed", 400},
    CodeName{Code::not_found, "not_found", 404},
    CodeName{Code::bad_route, "bad_route", 404},
    CodeName{Code::unauthenticated, "unauthenticated", 401},
    CodeName{Code::resource_exhausted, "resource_exhausted", 429},
    CodeName{Code::failed_precondition, "failed_precondition", 412},
    CodeName{Code::unimplemented, "unimplemented", 501},
    CodeName{Code::canceled, "canceled", 408},
    CodeName{Code::unavailable, "unavailable", 503},
    CodeName{Code::internal, "internal", 500},
};

const CodeName& named(Code code) {
  for (const CodeName& c : kCodes)
    if (c.code == code) return c;
  return kCodes.back();
}

}  // namespace

std::optional<Route> parse_route(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const Route route{path.substr(0, slash), path.substr(slash + 1)};
  if (route.service.empty() || route.method.empty()) return std::nullopt;
  if (route.method.find('/') != std::string_view::npos) return std::nullopt;
  return route;
}

std::optional<Encoding> encoding_of(const http::Request& request) {
  const std::string_view type = request.content_type();
  if (http::equal_ignoring_case(type, kJson)) return Encoding::json;
  if (http::equal_ignoring_case(type, kProtobuf)) return Encoding::protobuf;
  return std::nullopt;
}

Status<Error> parse_body(std::string_view body, Encoding encoding, google::protobuf::Message& out) {
  if (encoding == Encoding::protobuf) {
    if (body.size() > INT_MAX || !out.ParseFromArray(body.data(), static_cast<int>(body.size())))
      return Err{Error{Code::malformed, "the protobuf request could not be decoded"}};
    return Ok{};
  }
  util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const google::protobuf::StringPiece json(body.data(), body.size());
  if (!util::JsonStringToMessage(json, &out, options).ok())
    return Err{Error{Code::malformed, "the json request could not be decoded"}};
  return Ok{};
}

http::Response answer(const google::protobuf::Message& message, Encoding encoding) {
  if (encoding == Encoding::protobuf)
    return http::Response::with_type(200, kProtobuf, message.SerializeAsString());
  util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!util::MessageToJsonString(message, &json, options).ok())
    return refusal({Code::internal, "the answer cannot be written as json"});
  return http::Response::json(200, std::move(json));
}

http::Response refusal(const Error& error) {
  const CodeName& code = named(error.code);
  boost::json::object out{{"code", code.name}, {"msg", error.text}};
  if (!error.meta.empty()) {
    boost::json::object& meta = out["meta"].emplace_object();
    for (const auto& [key, value] : error.meta) meta[key] = value;
  }
  return http::Response::json(code.status, boost::json::serialize(out));
}

}  // namespace plenum::livekit_api::twirp
