#include "api/http/header_block.h"

#include <gtest/gtest.h>

namespace plenum::http {
namespace {

constexpr HeaderSize kSize{64 * 1024, 96 * 1024};

HeaderError error_of(std::string_view block) {
  const auto parsed = parse_header(block, kSize);
  return parsed ? 0 : parsed.error();
}

std::string with_fields(std::string_view fields) {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

TEST(HeaderBlock, reads_method_path_query_and_fields) {
  const auto parsed = parse_header(
      "GET //rtc/v1?join_request=a%2Bb+c&x=1 HTTP/1.1\r\nHost: h\r\nX-A:  b \r\n\r\n", kSize);

  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->request.method, Method::get);
  EXPECT_EQ(parsed->request.path, "/rtc/v1");
  EXPECT_EQ(parsed->request.query.find("join_request"), "a+b c");
  EXPECT_EQ(parsed->request.header("x-a"), "b");
  EXPECT_TRUE(parsed->keep_alive);
  EXPECT_TRUE(parsed->body.empty());
}

TEST(HeaderBlock, takes_the_path_of_an_absolute_target) {
  const auto parsed = parse_header("GET http://h:1/a?b=c HTTP/1.1\r\nHost: h\r\n\r\n", kSize);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->request.path, "/a");
  EXPECT_EQ(parsed->request.query.find("b"), "c");
  const auto bare = parse_header("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n", kSize);
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->request.path, "/");
}

TEST(HeaderBlock, refuses_what_a_proxy_may_frame_differently) {
  EXPECT_EQ(error_of(with_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length: 5\r\nContent-Length: 6\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length: 5\r\nContent-Length: 5\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length: 5, 5\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length: +5\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length: -1\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length: 0x5\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length:\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("Content-Length: 99999999999999999999999\r\n")), 400);
  EXPECT_NE(error_of(with_fields("Transfer-Encoding: gzip, chunked\r\n")), 0);
  EXPECT_NE(error_of(with_fields("Transfer-Encoding: chunked, identity\r\n")), 0);
  EXPECT_NE(error_of(with_fields("Transfer-Encoding: identity\r\n")), 0);
  EXPECT_NE(error_of(with_fields("Transfer-Encoding: xchunked\r\n")), 0);
  EXPECT_EQ(error_of(with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
            400);
  EXPECT_EQ(error_of(with_fields("Transfer-Encoding : chunked\r\n")), 400);
  EXPECT_EQ(error_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(HeaderBlock, refuses_line_folding_and_lone_line_ends) {
  EXPECT_EQ(error_of(with_fields("X-A: b\r\n c\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("X-A: b\r\n\tc\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("X-A: b\nX-B: c\r\n")), 400);
  EXPECT_EQ(error_of(with_fields("X-A: b\rX-B: c\r\n")), 400);
  EXPECT_EQ(error_of(with_fields(std::string_view("X-A: b\0c\r\n", 10))), 400);
}

TEST(HeaderBlock, refuses_a_missing_or_repeated_host) {
  EXPECT_EQ(error_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(error_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(error_of("GET / HTTP/1.0\r\n\r\n"), 0);
}

TEST(HeaderBlock, refuses_other_protocols) {
  EXPECT_NE(error_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 0);
  EXPECT_NE(error_of("GET /\r\n\r\n"), 0);
  EXPECT_NE(error_of("\x16\x03\x01\r\n\r\n"), 0);
  EXPECT_NE(error_of("\r\n\r\n"), 0);
  EXPECT_NE(error_of(""), 0);
}

TEST(HeaderBlock, reads_a_request_line_of_64_KiB_and_refuses_a_longer_one) {
  const std::string start = "GET /rtc/v1?join_request=";
  const std::string end = " HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string longest =
      start + std::string(kSize.max_request_line_bytes - start.size() - 9, 'a') + end;
  const auto found = find_header_end(longest, 0, kSize);
  ASSERT_TRUE(found);
  ASSERT_EQ(*found, longest.size());
  EXPECT_TRUE(parse_header(longest, kSize));

  const auto too_long = find_header_end(start + std::string(65536, 'a') + end, 0, kSize);
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error(), 414);
  EXPECT_EQ(find_header_end(std::string(65537, 'a'), 0, kSize).error(), 414);
}

TEST(HeaderBlock, refuses_more_fields_than_the_limit) {
  const std::string bomb = with_fields("X: " + std::string(100 * 1024, 'a') + "\r\n");
  EXPECT_EQ(find_header_end(bomb, 0, kSize).error(), 431);
  EXPECT_EQ(find_header_end(std::string_view(bomb).substr(0, 97 * 1024), 0, kSize).error(), 431);
}

TEST(HeaderBlock, refuses_a_field_that_alone_is_too_large) {
  EXPECT_EQ(error_of(with_fields("X: " + std::string(32 * 1024 - 3, 'a') + "\r\n")), 0);
  for (const std::size_t size : {32 * 1024, 50'000, 65'533, 65'534, 70'000, 90'000}) {
    EXPECT_EQ(error_of(with_fields("X: " + std::string(size, 'a') + "\r\n")), 431) << size;
    EXPECT_EQ(error_of(with_fields(std::string(size, 'a') + ": x\r\n")), 431) << size;
  }
}

TEST(HeaderBlock, finds_the_end_at_the_last_byte_and_not_before) {
  const std::string block = with_fields("Content-Length: 3\r\n");
  for (std::size_t n = 0; n < block.size(); ++n) {
    const auto found = find_header_end(std::string_view(block).substr(0, n), n ? n - 1 : 0, kSize);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, std::nullopt);
    EXPECT_NE(error_of(std::string_view(block).substr(0, n)), 0);
  }
  const auto found = find_header_end(block + "abc", block.size() - 1, kSize);
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, block.size());
}

TEST(HeaderBlock, does_not_wait_for_a_header_that_cannot_end) {
  EXPECT_EQ(find_header_end("GET / HTTP/1.1\nHost: h\n\n", 0, kSize).error(), 400);
}

TEST(HeaderBlock, checks_websocket_upgrades) {
  const auto upgrade = [](std::string_view fields) {
    return parse_header(
        "GET /rtc HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\n"
        "Upgrade: websocket\r\n" +
            std::string(fields) + "\r\n",
        kSize);
  };
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const auto good = upgrade(key + "Sec-WebSocket-Version: 13\r\n");
  ASSERT_TRUE(good);
  EXPECT_TRUE(good->websocket_upgrade);

  EXPECT_EQ(upgrade("Sec-WebSocket-Version: 13\r\n").error(), 400);
  EXPECT_EQ(upgrade(key).error(), 400);
  EXPECT_EQ(upgrade(key + "Sec-WebSocket-Version: 8\r\n").error(), 426);
  EXPECT_EQ(upgrade("Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n").error(), 400);
}

}  // namespace
}  // namespace plenum::http
