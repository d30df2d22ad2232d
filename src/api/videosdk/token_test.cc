#include "api/videosdk/token.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "api/http/jwt.h"

namespace plenum::videosdk_api {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;
const std::string kSecret = "a secret of at least thirty-two bytes";

const http::KeyStore kKeys(http::KeyStore::Keys{
    {"key", {kSecret}}, {"off", {kSecret, false}}, {"late", {kSecret, true, kNow}}});

std::string token(const std::string& claims, const std::string& secret = kSecret) {
  return http::sign_jwt(boost::json::parse(claims).as_object(), secret);
}
/// The refusal's code, "" for none.
std::string code_of(const std::string& text, std::int64_t now = kNow) {
  const auto caller = read_caller(text, kKeys, now);
  return caller ? "" : caller.error().code;
}

TEST(VideosdkToken, without_roles_is_good_for_both_and_with_roles_for_what_they_say) {
  const auto both = read_caller(token(R"({"apikey":"key"})"), kKeys, kNow);
  const auto crawler =
      read_caller(token(R"({"apikey":"key","version":2,"roles":["crawler"]})"), kKeys, kNow);

  ASSERT_TRUE(both && crawler);
  EXPECT_TRUE(both->may_call_rest && both->may_join);
  EXPECT_TRUE(crawler->may_call_rest && crawler->room_create && !crawler->may_join);
}

TEST(VideosdkToken, is_refused_with_the_documented_code) {
  EXPECT_EQ(code_of(""), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"key"})", "wrong")), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"who"})")), "INVALID_API_KEY");
  EXPECT_EQ(code_of(token(R"({"apikey":"off"})")), "APIKEY_DEACTIVATED");
  EXPECT_EQ(code_of(token(R"({"apikey":"off"})", "wrong")), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"key","version":1})")), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"key","roomId":"a"})")), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"key","version":2,"roomId":["a"]})")), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"key","version":2,"roles":"crawler"})")), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"key","version":2,"roomId":"a\u0000"})")), "INVALID_TOKEN");
  EXPECT_EQ(code_of(token(R"({"apikey":"key","iat":1700003600})")), "") << "only exp and nbf count";
  EXPECT_EQ(code_of(token(R"({"apikey":"key","exp":1700000000})"), kNow + 30), "");
  EXPECT_EQ(code_of(token(R"({"apikey":"key","exp":1700000000})"), kNow + 31), "INVALID_TOKEN");
}

TEST(VideosdkToken, of_livekits_family_brings_its_grants_and_its_room) {
  const auto caller = read_caller(
      token(R"({"iss":"key","exp":1700000100,"video":{"roomList":true,"room":"r"}})"), kKeys, kNow);

  ASSERT_TRUE(caller);
  EXPECT_TRUE(caller->may_call_rest && caller->room_list);
  EXPECT_FALSE(caller->room_create || caller->room_admin || caller->may_join);
  EXPECT_EQ(caller->room, "r");
  EXPECT_EQ(code_of(token(R"({"iss":"key"})")), "INVALID_TOKEN") << "LiveKit's must expire";
}

TEST(VideosdkToken, is_taken_from_the_header_with_and_without_a_scheme) {
  http::Request request;
  EXPECT_EQ(token_of(request), "");
  request.headers.set("Authorization", "a.b.c");
  EXPECT_EQ(token_of(request), "a.b.c");
  request.headers.set("Authorization", "bearer a.b.c");
  EXPECT_EQ(token_of(request), "a.b.c");
}

}  // namespace
}  // namespace plenum::videosdk_api
