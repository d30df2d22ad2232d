#include "api/videosdk/openapi.h"

#include <gtest/gtest.h>

namespace plenum::videosdk_api {
namespace {

/// What the document says against this request; "" = nothing.
std::string problem_of(http::Method method, const std::string& path, const std::string& body = {},
                       std::string_view query = {}) {
  static const OpenApi api;
  http::Request request;
  request.method = method;
  request.path = path;
  request.body = body;
  request.query = http::Query::parse(query);
  const auto match = api.match(method, path);
  if (!match.operation) return match.allowed.empty() ? "no path" : "no method";
  const auto read = api.read(match, request);
  return read ? "" : read.error();
}
std::string create(const std::string& body) {
  return problem_of(http::Method::post, "/v2/rooms", body);
}
std::string list(std::string_view query) {
  return problem_of(http::Method::get, "/v2/sessions/", {}, query);
}

TEST(OpenApi, tries_literals_before_names_and_ignores_a_slash_at_the_end) {
  const OpenApi api;

  EXPECT_EQ(api.match(http::Method::post, "/v2/rooms/deactivate").operation->id, "deactivateRoom");
  EXPECT_EQ(api.match(http::Method::get, "/v2/sessions/x/participants/active/").operation->id,
            "listActiveParticipants");
  EXPECT_EQ(api.match(http::Method::head, "/v2/rooms/").operation->id, "listRooms");
  EXPECT_EQ(api.match(http::Method::get, "/v2/rooms/a%20b%2Fc").parameters.at(0).second, "a b/c");
  EXPECT_EQ(api.match(http::Method::get, "/v2/rooms/a%2").operation, nullptr);
  EXPECT_EQ(api.match(http::Method::put, "/v2/rooms").allowed.size(), 2u);
}

TEST(OpenApi, takes_bodies_as_described_and_names_what_is_wrong_with_others) {
  EXPECT_EQ(create(""), "");
  EXPECT_EQ(create(R"({"customRoomId":null,"webhook":null,"unknown":{"a":1}})"), "");
  EXPECT_EQ(create(R"({"customRoomId":7})"),
            R"(body.customRoomId must be of type "string", "null")");
  EXPECT_EQ(create(R"({"unknown":["a\u0000"]})"), "body must not contain the character U+0000");
  EXPECT_EQ(create(R"({"autoCloseConfig":{"duration":0}})"),
            "body.autoCloseConfig.duration must be at least 1");
  EXPECT_EQ(create("{\"a\":\"\xff\"}"), "the body is not valid JSON");
  EXPECT_EQ(create(std::string(100'000, '[')), "the body is not valid JSON");
  EXPECT_EQ(problem_of(http::Method::post, "/v2/sessions/end", "{}"), "body.roomId is required");
  EXPECT_EQ(problem_of(http::Method::post, "/v2/sessions/end", R"({"meetingId":"a"})"), "");
}

TEST(OpenApi, takes_hook_urls_of_this_host_without_tls_and_no_others) {
  const auto hook = [](const std::string& url) {
    return create(R"({"webhook":{"endPoint":")" + url + R"("}})");
  };

  EXPECT_EQ(hook("https://a.example/x"), "");
  EXPECT_EQ(hook("http://localhost:80/x"), "");
  EXPECT_EQ(hook("http://127.0.0.1"), "");
  for (const char* url : {"http://a.example", "http://localhost.a.example", "ftp://a", "https://",
                          "http://127.0.0.1:1@a.example/", "https://a b"})
    EXPECT_EQ(hook(url), "body.webhook.endPoint must be an https URL") << url;
}

TEST(OpenApi, reads_query_values_by_their_type_and_takes_an_empty_one_for_none) {
  EXPECT_EQ(list("page=2&perPage=1000&status=ended&roomId="), "");
  EXPECT_EQ(list("page=0"), "page must be at least 1");
  EXPECT_EQ(list("page=two"), "page is not of the right type");
  EXPECT_EQ(list("perPage=9223372036854775808"), "perPage is not of the right type");
  EXPECT_EQ(list("status=both"), R"(status must be one of "ongoing", "ended")");
  EXPECT_EQ(list("query=%FF"), "query is not of the right type");
  EXPECT_EQ(list("query=%00"), "query must not contain the character U+0000");
}

TEST(OpenApi, refuses_a_document_with_keywords_it_would_not_check) {
  EXPECT_THROW(OpenApi(R"({"paths":{"/v2/x":{"get":{"operationId":"x","parameters":[
      {"name":"a","in":"query","schema":{"type":"string","pattern":"^(a+)+$"}}]}}}})"),
               std::runtime_error);
}

}  // namespace
}  // namespace plenum::videosdk_api
