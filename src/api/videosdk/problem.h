// How every refusal of REST v2 looks (videosdk-api 1.4): one shape that the public SDK can read.
#pragma once
#include <string>
#include <string_view>

#include "api/http/response.h"
#include "base/result.h"

namespace plenum::videosdk_api {

struct Problem {
  int status = 500;
  /// A word for programs, e.g. "ROOM_NOT_FOUND".
  std::string code;
  /// A sentence for people.
  std::string message;
  /// VideoSDK's number of the error, 0 = it has none.
  int number = 0;
  /// What this server does not offer; only with 501.
  std::string feature{};
};

/// The body names the request, so that a log line can be found for it.
http::Response refusal(const Problem& problem, std::string_view request_id);

/// What the HTTP server refuses by itself (a body too large, a path that cannot be decoded), in the
/// same shape.
http::Response server_refusal(int status);
/// What every answer carries besides.
void add_marks(http::Response& response, std::string request_id);

namespace problems {
Problem invalid(std::string message);
Problem invalid_token();
Problem forbidden_grant();
Problem wrong_room();
Problem room_not_found();
Problem session_not_found();
Problem participant_not_found();
Problem not_implemented(std::string_view feature, std::string_view name);
Problem wrong_method();
Problem internal();
Problem unavailable();
}  // namespace problems

}  // namespace plenum::videosdk_api
