#include "api/videosdk/problem.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace plenum::videosdk_api {

http::Response refusal(const Problem& problem, std::string_view request_id) {
  boost::json::object body{{"message", problem.message}, {"code", problem.code}};
  if (problem.number != 0) body["number"] = problem.number;
  body["statusCode"] = problem.status;
  body["error"] = problem.message;
  body["requestId"] = request_id;
  if (!problem.feature.empty()) body["feature"] = problem.feature;
  return http::Response::json(problem.status, boost::json::serialize(body));
}

namespace problems {

Problem invalid(std::string message) { return {400, "INVALID_REQUEST", std::move(message)}; }
Problem invalid_token() { return {401, "INVALID_TOKEN", "Token is invalid or expired", 4002}; }
Problem forbidden_grant() {
  return {403, "UNAUTHORIZED_ROLE", "The token does not allow this call", 4024};
}
Problem wrong_room() {
  return {403, "UNAUTHORIZED_MEETING_ID", "The token is for another room", 4022};
}
Problem room_not_found() { return {404, "ROOM_NOT_FOUND", "Room not found", 4003}; }
Problem session_not_found() { return {404, "SESSION_NOT_FOUND", "Session not found"}; }
Problem participant_not_found() {
  return {404, "PARTICIPANT_NOT_FOUND", "Participant not found", 4004};
}
Problem not_implemented(std::string_view feature, std::string_view name) {
  Problem problem{501, "NOT_IMPLEMENTED", std::string(name) + " is not available on this server"};
  problem.feature = feature;
  return problem;
}
Problem unavailable() {
  return {503, "UNAVAILABLE", "The server cannot reach its database: try again"};
}

}  // namespace problems
}  // namespace plenum::videosdk_api
