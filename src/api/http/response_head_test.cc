#include "api/http/response_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plenum::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpDate, matches_the_example_of_the_rfc) {  // RFC 9110 5.6.7
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(ResponseHead, frames_the_body_and_names_the_status) {
  const std::string head = response_head(Response::text(404, "gone"), {.keep_alive = false});
  EXPECT_TRUE(head.starts_with("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 4\r\n"));
  EXPECT_THAT(head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(ResponseHead, has_no_length_where_no_body_may_be) {
  EXPECT_THAT(response_head(Response::empty(204), {}), Not(HasSubstr("Content-Length")));
  EXPECT_THAT(response_head(Response::empty(304), {}), Not(HasSubstr("Content-Length")));
}

TEST(ResponseHead, lets_no_value_add_a_field) {
  Response response;
  response.headers.set("Location", "/a\r\nSet-Cookie: x");
  EXPECT_THAT(response_head(response, {}), Not(HasSubstr("\r\nSet-Cookie")));
}

}  // namespace
}  // namespace plenum::http
