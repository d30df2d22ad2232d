#include "api/http/body_reader.h"

#include <gtest/gtest.h>

#include <random>

namespace plenum::http {
namespace {

constexpr BodyFraming kChunked{.chunked = true};

/// Feeds all of `wire` in pieces of at most `piece` bytes. Error, or bytes left unused.
Result<std::size_t, HeaderError> feed(BodyReader& reader, std::string_view wire, std::size_t piece,
                                      std::string& body) {
  std::string pending;
  for (std::size_t at = 0; at < wire.size() && !reader.is_done(); at += piece) {
    pending += wire.substr(at, piece);
    const auto used = reader.put(pending, body);
    if (!used) return used;
    pending.erase(0, *used);
  }
  return pending.size();
}

HeaderError chunked_error(std::string_view wire, std::size_t limit = 1024) {
  BodyReader reader(kChunked, limit);
  std::string body;
  const auto fed = feed(reader, wire, wire.size(), body);
  return fed ? 0 : fed.error();
}

TEST(BodyReader, takes_exactly_content_length_bytes) {
  BodyReader reader({.content_length = 5}, 100);
  std::string body;
  const auto used = reader.put("helloGET /", body);
  ASSERT_TRUE(used);
  EXPECT_EQ(*used, 5u);
  EXPECT_EQ(body, "hello");
  EXPECT_TRUE(reader.is_done());
}

TEST(BodyReader, joins_chunks_however_they_are_cut) {
  const std::string wire =
      "5;ext=1\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
    BodyReader reader(kChunked, 100);
    std::string body;
    const auto left = feed(reader, wire, piece, body);
    ASSERT_TRUE(left);
    EXPECT_TRUE(reader.is_done());
    EXPECT_EQ(body, "hello 0123456789");
  }
}

TEST(BodyReader, is_not_done_before_the_last_byte) {
  const std::string wire = "3\r\nabc\r\n0\r\n\r\n";
  for (std::size_t n = 0; n < wire.size(); ++n) {
    BodyReader reader(kChunked, 100);
    std::string body;
    EXPECT_TRUE(reader.put(std::string_view(wire).substr(0, n), body));
    EXPECT_FALSE(reader.is_done());
  }
}

TEST(BodyReader, refuses_malformed_chunks) {
  EXPECT_EQ(chunked_error("\r\n"), 400);
  EXPECT_EQ(chunked_error("g\r\n"), 400);
  EXPECT_EQ(chunked_error("-1\r\n"), 400);
  EXPECT_EQ(chunked_error("0x3\r\nabc"), 400);
  EXPECT_EQ(chunked_error(" 3\r\nabc"), 400);
  EXPECT_EQ(chunked_error("3\r\nabcX\r\n"), 400);
  EXPECT_EQ(chunked_error("ffffffffffffffff\r\n"), 400);
  EXPECT_EQ(chunked_error("3\n\r\nabc"), 400);
  EXPECT_EQ(chunked_error("3;" + std::string(2000, 'x')), 400);
}

TEST(BodyReader, refuses_more_than_the_limit_as_soon_as_it_is_announced) {
  EXPECT_EQ(chunked_error("401\r\n"), 413);
  EXPECT_EQ(chunked_error("ffffffffffff\r\n"), 413);
  EXPECT_EQ(chunked_error("400\r\n" + std::string(1024, 'a') + "\r\n1\r\n"), 413);
}

TEST(BodyReader, refuses_framing_that_dwarfs_the_body) {
  std::string wire = "0\r\n";
  for (int i = 0; i < 100; ++i) wire += "X: " + std::string(1000, 'a') + "\r\n";
  EXPECT_EQ(chunked_error(wire), 431);
}

TEST(BodyReader, survives_random_bytes) {
  std::mt19937 random(1);
  const std::string alphabet = "0123456789abcdef\r\n\r\n;";
  for (int round = 0; round < 5000; ++round) {
    std::string wire;
    for (std::size_t i = random() % 40; i > 0; --i) wire += alphabet[random() % alphabet.size()];
    BodyReader reader(kChunked, 64);
    std::string body;
    (void)feed(reader, wire, 1 + random() % 7, body);
    EXPECT_LE(body.size(), 64u);
  }
}

}  // namespace
}  // namespace plenum::http
