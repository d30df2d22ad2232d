// What the HTTP server refuses before RestApi is asked: in the shape that RestApi's errors have.
#include <gmock/gmock.h>

#include <boost/json/parse.hpp>

#include "api/http/loopback.h"
#include "api/videosdk/rest_api.h"
#include "control/test_room.h"
#include "store/test_database.h"

namespace plenum::videosdk_api {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Refusals : public http::Loopback {
 public:
  void SetUp() override {
    rest_.add_routes(router_);
    start();
  }
  /// Of the answer to that request: all of it, and its body.
  std::pair<std::string, boost::json::object> ask(const std::string& request) {
    const std::string response = exchange(request);
    const std::size_t end = response.find("\r\n\r\n");
    if (end == response.npos) return {response, {}};
    boost::json::error_code ec;
    const boost::json::value body = boost::json::parse(response.substr(end + 4), ec);
    return {response, body.is_object() ? body.get_object() : boost::json::object()};
  }

 private:
  store::TestDatabase database_{store::Dialect::sqlite};
  store::Store store_{[this] { return database_.connect(); }, store::Store::Options{}};
  control::testing::TestRoom room_;
  RestApi rest_{store_,
                room_.control,
                {.now = [this] { return room_.now; },
                 .unix_ms = [] { return std::int64_t{0}; },
                 .keys = http::KeyStore(),
                 .changed = [] {}}};
};

TEST_F(Refusals, of_a_body_over_the_limit_have_the_shape_of_the_api) {
  for (const char* path : {"/v2/rooms", "/ai/v1/x"}) {
    const auto [response, body] = ask("POST " + std::string(path) +
                                      " HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n");
    EXPECT_THAT(response, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(response, HasSubstr("Content-Type: application/json\r\n"));
    ASSERT_TRUE(body.contains("code"));
    EXPECT_EQ(body.at("code"), "PAYLOAD_TOO_LARGE");
    EXPECT_EQ(body.at("statusCode"), 413);
    EXPECT_EQ(body.at("error"), body.at("message"));
    const std::string id(body.at("requestId").as_string());
    EXPECT_EQ(id.size(), 12u);
    EXPECT_THAT(response, HasSubstr("x-request-id: " + id + "\r\n"));
  }
}

TEST_F(Refusals, of_a_path_that_cannot_be_decoded_have_the_shape_of_the_api) {
  for (const char* path : {"/v2/rooms/%zz", "/v2/%", "/v2/rooms/%00", "/ai/%2"}) {
    const auto [response, body] =
        ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(response, StartsWith("HTTP/1.1 400 ")) << path;
    ASSERT_TRUE(body.contains("code")) << path;
    EXPECT_EQ(body.at("code"), "INVALID_REQUEST");
    EXPECT_EQ(body.at("message"), "Bad Request");
  }
}

}  // namespace
}  // namespace plenum::videosdk_api
