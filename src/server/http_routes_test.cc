#include "server/http_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <fstream>

#include "api/livekit/token.h"
#include "api/videosdk/token.h"
#include "io/clock.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;
using http::Request;
using http::Response;
using testing::HasSubstr;

Request get(std::string path, std::string_view query = "") {
  Request request;
  request.path = std::move(path);
  request.query = http::Query::parse(query);
  request.headers.add("Host", "127.0.0.1:7880");
  return request;
}

Response ask(const http::Router& router, Request request) {
  const http::Router::Match match = router.match(http::Method::get, request.path);
  EXPECT_NE(match.route, nullptr) << request.path;
  asio::io_context io;
  auto answer = asio::co_spawn(io, match.route->handler(request), asio::use_future);
  io.run();
  return answer.get();
}

Config dev_config() {
  Config config;
  config.dev = true;
  check_config(config);
  return config;
}

http::Router dev_router() {
  http::Router router;
  add_dev_tokens(router, dev_config());
  return router;
}

TEST(LifeSigns, tell_alive_from_ready) {
  bool ready = false;
  http::Router router;
  add_life_signs(router, {[&] { return ready; },
                          []() -> asio::awaitable<std::string> { co_return "plenum_rooms 1\n"; }});
  EXPECT_EQ(ask(router, get("/healthz")).status, 200);
  EXPECT_EQ(ask(router, get("/readyz")).status, 503);
  ready = true;

  EXPECT_EQ(ask(router, get("/readyz")).status, 200);
  EXPECT_EQ(ask(router, get("/metrics")).body, "plenum_rooms 1\n");
}

TEST(DevToken, opens_the_room_that_was_asked_for) {
  const Response response =
      ask(dev_router(), get("/dev/token", "room=a%20room&identity=alice&name=Alice"));
  ASSERT_EQ(response.status, 200);
  const auto body = boost::json::parse(response.body);
  http::KeyStore keys;
  keys.add("devkey", "secret");
  const auto token =
      livekit_api::read_token(body.at("token").as_string().c_str(), keys, io::unix_ms() / 1000);

  EXPECT_EQ(body.at("url").as_string(), "ws://127.0.0.1:7880");
  ASSERT_TRUE(token.ok());
  EXPECT_TRUE(livekit_api::check_join(*token).ok());
  EXPECT_EQ(token->grants.room, "a room");
  EXPECT_EQ(token->identity, "alice");
  EXPECT_EQ(token->name, "Alice");
}

TEST(DevToken, needs_a_room_and_an_identity_of_bearable_length) {
  EXPECT_EQ(ask(dev_router(), get("/dev/token", "room=r")).status, 400);
  EXPECT_EQ(ask(dev_router(), get("/dev/token", "identity=i&room=")).status, 400);
  EXPECT_EQ(ask(dev_router(), get("/dev/token", "room=r&identity=" + std::string(257, 'i'))).status,
            400);
}

TEST(DevToken, is_for_pages_of_this_server_only) {
  Request own = get("/dev/token", "room=r&identity=i"), foreign = own;
  own.headers.add("Origin", "http://127.0.0.1:7880");
  foreign.headers.add("Origin", "https://elsewhere.example");

  EXPECT_EQ(ask(dev_router(), own).status, 200);
  EXPECT_EQ(ask(dev_router(), foreign).status, 403);
}

TEST(DevAppToken, has_the_permissions_that_were_asked_for_and_no_others_exist) {
  const Response response =
      ask(dev_router(), get("/dev/app-token", "permissions=allow_join,allow_mod"));
  ASSERT_EQ(response.status, 200);
  http::KeyStore keys;
  keys.add("devkey", "secret");
  const auto caller =
      videosdk_api::read_caller(boost::json::parse(response.body).at("token").as_string().c_str(),
                                keys, io::unix_ms() / 1000);
  ASSERT_TRUE(caller.ok());

  EXPECT_TRUE(caller->may_join && caller->may_call_rest);
  EXPECT_TRUE(caller->allow_join && caller->allow_mod);
  EXPECT_FALSE(caller->ask_join);
  for (const char* wrong : {"permissions=all", "permissions=allow_join,,", "permissions=,"})
    EXPECT_EQ(ask(dev_router(), get("/dev/app-token", wrong)).status, 400) << wrong;
}

TEST(DevAppToken, is_for_pages_of_this_server_only) {
  Request foreign = get("/dev/app-token");
  foreign.headers.add("Origin", "https://elsewhere.example");

  EXPECT_EQ(ask(dev_router(), foreign).status, 403);
}

TEST(WebPage, says_where_its_code_may_come_from) {
  auto files = std::make_shared<http::StaticFiles>();
  files->embed("/index.html", "page");
  files->embed("/assets/a.js", "code");
  http::Router router;
  add_web_page(router, files);

  const auto policy_of = [&](const char* path) {
    const Response response = ask(router, get(path));
    return std::string(response.headers.find("Content-Security-Policy").value_or("none"));
  };
  EXPECT_THAT(policy_of("/"), HasSubstr("script-src 'self';"));
  EXPECT_EQ(policy_of("/assets/a.js"), "none");
}

TEST(WebPage, is_found_beside_the_program_and_in_its_build_tree) {
  const std::filesystem::path root = testing::TempDir() + "plenum-web-test";
  std::filesystem::create_directories(root / "web/app/dist");
  std::filesystem::create_directories(root / "build/release");
  std::ofstream(root / "web/app/dist/index.html") << "page";

  EXPECT_EQ(find_web_dir("", root / "build/release/plenum"), root / "web/app/dist");
  EXPECT_EQ(find_web_dir("", "/nonexistent/plenum"), "");
  EXPECT_EQ(find_web_dir("/srv/page", root / "build/release/plenum"), "/srv/page");
  std::filesystem::remove_all(root);
}

TEST(Console, is_served_below_its_path_under_a_strict_policy) {
  http::Router router;
  auto files = std::make_shared<http::StaticFiles>();
  files->embed("/index.html", "the console");
  add_console(router, files, "https://calls.example");
  const Response page = ask(router, get("/console/"));

  EXPECT_EQ(page.content(), "the console");
  const std::string policy(page.headers.find("Content-Security-Policy").value_or(""));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self'; style-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("connect-src 'self' https://calls.example;"));
  EXPECT_EQ(ask(router, get("/console")).headers.find("Location").value_or(""), "/console/");
  EXPECT_EQ(ask(router, get("/console/../index.html")).status, 404);
}

TEST(Console, is_found_in_the_build_tree) {
  const std::filesystem::path root = testing::TempDir() + "plenum-console-test";
  std::filesystem::create_directories(root / "web/console/dist");
  std::filesystem::create_directories(root / "build/release");
  std::ofstream(root / "web/console/dist/index.html") << "page";

  EXPECT_EQ(find_console_dir(root / "build/release/plenum"), root / "web/console/dist");
  EXPECT_EQ(find_console_dir("/nonexistent/plenum"), "");
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace plenum::server
