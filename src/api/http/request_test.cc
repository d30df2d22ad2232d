#include "api/http/request.h"

#include <gtest/gtest.h>

namespace plenum::http {
namespace {

TEST(Query, decodes_escapes_and_plus_exactly_once) {
  const Query query = Query::parse("a=1%2B1&b=x+y&c=%252B&d&e=&a=second&&=empty-name");

  EXPECT_EQ(query.find("a"), "1+1");
  EXPECT_EQ(query.find("b"), "x y");
  EXPECT_EQ(query.find("c"), "%2B");
  EXPECT_EQ(query.find("d"), "");
  EXPECT_EQ(query.find("e"), "");
  EXPECT_EQ(query.find(""), "empty-name");
  EXPECT_EQ(query.find("absent"), std::nullopt);
}

TEST(Query, leaves_broken_escapes_as_they_were_sent) {
  EXPECT_EQ(Query::parse("a=%").find("a"), "%");
  EXPECT_EQ(Query::parse("a=%4").find("a"), "%4");
  EXPECT_EQ(Query::parse("a=%zz%41").find("a"), "%zzA");
}

TEST(DecodePath, refuses_nul_and_broken_escapes_and_keeps_plus) {
  EXPECT_EQ(decode_path("/a%20b+c"), "/a b+c");
  EXPECT_EQ(decode_path("/a%00"), std::nullopt);
  EXPECT_EQ(decode_path("/a%4"), std::nullopt);
  EXPECT_EQ(decode_path("/a%"), std::nullopt);
}

TEST(PathOf, drops_the_query_and_collapses_leading_slashes) {
  EXPECT_EQ(path_of("//rtc?x=//y"), "/rtc");
  EXPECT_EQ(path_of("///"), "/");
  EXPECT_EQ(path_of("/a//b"), "/a//b");
  EXPECT_EQ(path_of(""), "");
}

TEST(Headers, compare_names_without_case_and_tell_absent_from_empty) {
  Headers headers;
  headers.add("X-Thing", "one");
  headers.add("x-thing", "two");
  headers.add("Empty", "");

  EXPECT_EQ(headers.find("X-THING"), "one");
  EXPECT_EQ(headers.count("x-Thing"), 2u);
  EXPECT_EQ(headers.find("empty"), "");
  EXPECT_EQ(headers.find("none"), std::nullopt);

  headers.set("X-thing", "three");
  EXPECT_EQ(headers.count("x-thing"), 1u);
  EXPECT_EQ(headers.find("x-thing"), "three");
}

TEST(Request, takes_the_bearer_token_whatever_the_case_of_the_scheme) {
  Request request;
  EXPECT_EQ(request.bearer_token(), std::nullopt);
  request.headers.set("authorization", "bearer  abc ");
  EXPECT_EQ(request.bearer_token(), "abc");
  request.headers.set("authorization", "Basic abc");
  EXPECT_EQ(request.bearer_token(), std::nullopt);
  request.headers.set("authorization", "Bearer ");
  EXPECT_EQ(request.bearer_token(), std::nullopt);
}

TEST(Request, gives_the_content_type_without_parameters) {
  Request request;
  request.headers.set("Content-Type", "application/json ;charset=UTF-8");
  EXPECT_EQ(request.content_type(), "application/json");
}

}  // namespace
}  // namespace plenum::http
