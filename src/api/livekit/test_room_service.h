#pragma once
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/livekit/room_service.h"
#include "control/test_room.h"

/// For tests only: the room service before a Control in virtual time, asked without a socket.
namespace plenum::livekit_api::testing {

using control::testing::Client;
using control::testing::TestRoom;

inline constexpr std::int64_t kNow = 1'000'000;

class RoomServiceTest : public ::testing::Test {
 protected:
  static http::KeyStore keys() {
    http::KeyStore out;
    out.add("key", "secret");
    return out;
  }
  static Grants admin() {
    Grants g;
    g.room_admin = true;
    g.room = "room";
    return g;
  }
  static Grants creator() {
    Grants g;
    g.room_create = g.room_list = true;
    return g;
  }
  static http::Request post(const std::string& body, const Grants& grants,
                            const std::string& type = "application/json") {
    AccessToken token;
    token.api_key = "key";
    token.grants = grants;
    token.expires_at = kNow + 600;
    http::Request r;
    r.method = http::Method::post;
    r.headers.set("Content-Type", type);
    r.headers.set("Authorization", "Bearer " + write_token(token, "secret"));
    r.body = body;
    return r;
  }
  /// Asks, and goes on when the answer has to wait; then answered() is null.
  void begin(http::Request request, const std::string& path) {
    asked = std::make_unique<Asked>(Asked{std::move(request), path, std::nullopt});
    boost::asio::co_spawn(io, service.serve(asked->request, asked->path),
                          [a = asked.get()](std::exception_ptr, http::Response response) {
                            a->response = std::move(response);
                          });
    run();
  }
  /// Lets the service go on where it can.
  void run() {
    io.restart();
    io.poll();
  }
  const http::Response* answered() const { return asked->response ? &*asked->response : nullptr; }
  http::Response serve(http::Request request, const std::string& path) {
    begin(std::move(request), path);
    EXPECT_TRUE(answered());
    return answered() ? *answered() : http::Response();
  }
  /// Status and body.
  std::pair<int, std::string> call(const std::string& method, const std::string& body,
                                   const Grants& grants) {
    const http::Response got = serve(post(body, grants), "livekit.RoomService/" + method);
    return {got.status, got.body};
  }
  std::pair<int, std::string> call(const std::string& method, const std::string& body) {
    return call(method, body, admin());
  }
  /// The answer to a call that must succeed.
  template <class Message>
  Message ask(const std::string& method, const std::string& body, const Grants& grants) {
    const auto [status, text] = call(method, body, grants);
    EXPECT_EQ(status, 200) << text;
    Message out;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &out).ok()) << text;
    return out;
  }

  static boost::asio::awaitable<Status<TokenError>> enter(std::string fault, int status) {
    if (fault.empty()) co_return Ok{};
    co_return Err{TokenError{status, std::move(fault)}};
  }
  struct Asked {
    http::Request request;
    std::string path;
    std::optional<http::Response> response;
  };

  boost::asio::io_context io;
  std::unique_ptr<Asked> asked;
  TestRoom room;
  int changes = 0;
  /// Why nobody may enter or open other rooms; empty = everybody may.
  std::string closed_because;
  int closed_status = 403;
  RoomService service{
      room.control,
      keys(),
      {[this] { return room.now; },
       [] { return kNow * 1000; },
       [this] { ++changes; },
       {},
       [this](const AccessToken&) { return enter(closed_because, closed_status); },
       [this](std::string, std::string) { return enter(closed_because, closed_status); }}};
};

}  // namespace plenum::livekit_api::testing
