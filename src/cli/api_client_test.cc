#include "cli/api_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/livekit/token.h"
#include "api/videosdk/token.h"
#include "cli/json_fields.h"
#include "cli/test_server.h"

namespace plenum::cli {
namespace {

using testing::HasSubstr;

livekit_api::Grants grants_of(const HttpCall& call) {
  http::KeyStore keys;
  keys.add("key", TestServer::kSecret);
  const auto token = livekit_api::read_token(call.token, keys, TestServer::kNow);
  EXPECT_TRUE(token.ok());
  return token ? token->grants : livekit_api::Grants();
}

std::string error_of(TestServer& server, HttpAnswer answer) {
  server.answers["/v2/rooms"] = std::move(answer);
  try {
    server.client().get("/v2/rooms");
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

TEST(ApiClient, signs_for_the_rooms_as_such_or_for_the_administration_of_one) {
  TestServer server;
  server.answers["/v2/rooms"] = server.answers["/twirp/livekit.RoomService/X"] = {200, "{}"};
  server.client().post("/v2/rooms", {});
  server.client().room_service("X", {}, "r");

  const auto rooms = grants_of(server.calls[0]), one = grants_of(server.calls[1]);
  EXPECT_TRUE(rooms.room_create && rooms.room_list && !rooms.room_admin && rooms.room.empty());
  EXPECT_TRUE(one.room_admin && !one.room_create && !one.room_list && one.room == "r");
}

TEST(ApiClient, rest_v2_takes_its_token) {
  TestServer server;
  server.answers["/v2/rooms"] = {200, "{}"};
  server.client().get("/v2/rooms");

  const http::KeyStore keys(http::KeyStore::Keys{{"key", {TestServer::kSecret}}});
  const auto caller = videosdk_api::read_caller(server.calls[0].token, keys, TestServer::kNow);
  ASSERT_TRUE(caller.ok());
  EXPECT_TRUE(caller->may_call_rest && caller->room_create && caller->room_list);
}

TEST(ApiClient, a_refusal_is_told_in_the_words_of_the_server_fit_for_a_terminal) {
  TestServer server;

  EXPECT_EQ(error_of(server, {403, R"({"message":"not you\u001b"})"}),
            "the server refused: not you? (HTTP status 403)");
  EXPECT_THAT(error_of(server, {412, R"({"code":"x","msg":"not now"})"}), HasSubstr("not now"));
  EXPECT_EQ(error_of(server, {502, "<html>"}), "the server answered with HTTP status 502");
  EXPECT_THAT(error_of(server, {200, "<html>"}), HasSubstr("not a Plenum server"));
  EXPECT_EQ(error_of(server, {200, "{}"}), "");
}

TEST(ServerUrl, is_one_of_the_web_or_of_a_websocket) {
  EXPECT_EQ(server_url("https://plenum.example/"), "https://plenum.example");
  EXPECT_EQ(server_url("ws://[::1]:7880"), "http://[::1]:7880");
  EXPECT_EQ(server_url("wss://plenum.example/sub"), "https://plenum.example/sub");
  for (const char* wrong : {"", "plenum.example", "ftp://x", "http://", "http://u:p@x",
                            "http://x?y", "http://x#y", "http://x y"})
    EXPECT_THROW(server_url(wrong), std::invalid_argument) << wrong;
}

TEST(ServerCommand, finds_server_and_key_in_flags_and_environment) {
  const auto error = [](std::vector<std::string> arguments, server::Environment environment) {
    try {
      read_server_command({std::move(arguments), std::move(environment)}, {}, {"ROOM"});
    } catch (const server::ConfigError& e) {
      return std::string(e.what());
    }
    return std::string();
  };

  EXPECT_EQ(error({"r", "--dev"}, {}), "");
  EXPECT_EQ(error({"r", "--url", "http://x", "--api-key", "k"}, {"PLENUM_KEYS=a:b,k:s"}), "");
  EXPECT_THAT(error({"r"}, {}), HasSubstr("no API key"));
  EXPECT_THAT(error({"r", "--api-key", "z"}, {"PLENUM_KEYS=a:b"}), HasSubstr("no API key \"z\""));
  EXPECT_THAT(error({"r", "--dev"}, {"PLENUM_URL=x"}), HasSubstr("PLENUM_URL: \"x\" is not a URL"));
  EXPECT_THAT(error({"r", "--dev", "--url=y"}, {"PLENUM_URL=x"}), HasSubstr("--url: \"y\""));
  EXPECT_THAT(error({"--dev"}, {}), HasSubstr("ROOM is missing"));
}

TEST(JsonFields, what_is_absent_or_of_another_type_is_empty) {
  const auto object =
      parse_object(R"({"t":"x","n":3,"s":"1800000000","f":true,"a":[{"b":1},2],"o":{"t":"y"}})");

  ASSERT_TRUE(object);
  EXPECT_EQ(text_of(*object, "t") + text_of(*object, "n") + text_of(*object, "none"), "x");
  EXPECT_EQ(number_of(*object, "n"), 3);
  EXPECT_EQ(number_of(*object, "s"), 1'800'000'000);
  EXPECT_EQ(number_of(*object, "t"), 0);
  EXPECT_TRUE(flag_of(*object, "f") && !flag_of(*object, "t"));
  EXPECT_EQ(objects_of(*object, "a").size(), 1U);
  EXPECT_EQ(text_of(object_of(*object, "o"), "t"), "y");
  EXPECT_FALSE(parse_object("[]"));
  EXPECT_FALSE(parse_object("{"));
}

}  // namespace
}  // namespace plenum::cli
