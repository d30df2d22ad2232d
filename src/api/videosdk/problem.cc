#include "api/videosdk/problem.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/crypto.h"

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

http::Response server_refusal(int status) {
  Problem problem{status, "INVALID_REQUEST", std::string(http::reason_phrase(status))};
  if (status == 405) problem = problems::wrong_method();
  if (status == 413) problem = {413, "PAYLOAD_TOO_LARGE", "The body is too large"};
  if (status == 500) problem = problems::internal();
  if (status == 503) problem = {503, "UNAVAILABLE", "The server has too much to do: try again"};
  std::string request_id = crypto::random_text(12);
  http::Response response = refusal(problem, request_id);
  add_marks(response, std::move(request_id));
  return response;
}

void add_marks(http::Response& response, std::string request_id) {
  response.headers.set("x-request-id", std::move(request_id));
  response.headers.set("Cache-Control", "no-store");
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
Problem wrong_method() { return {405, "METHOD_NOT_ALLOWED", "This path has no such method"}; }
Problem internal() { return {500, "INTERNAL", "Internal error"}; }
Problem unavailable() {
  return {503, "UNAVAILABLE", "The server cannot reach its database: try again"};
}

}  // namespace problems
}  // namespace plenum::videosdk_api
