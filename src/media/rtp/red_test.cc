#include "media/rtp/red.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "media/rtp/testing.h"

namespace plenum::rtp {
namespace {

TEST(Red, reads_the_example_of_two_blocks) {
  // Block PT 111, offset 960, length 3; primary PT 111.
  const auto payload = hex("ef 0f0003 6f  aabbcc  0102");
  const auto red = parse_red(payload);

  ASSERT_TRUE(red);
  ASSERT_EQ(red->count, 2u);
  EXPECT_EQ(red->blocks[0].payload_type, 111);
  EXPECT_EQ(red->blocks[0].timestamp_offset, 960);
  EXPECT_EQ(copy(red->blocks[0].data), hex("aabbcc"));
  EXPECT_EQ(red->primary().payload_type, 111);
  EXPECT_EQ(copy(red->primary().data), hex("0102"));
}

TEST(Red, survives_truncation_and_lengths_that_lie) {
  const auto whole = hex("ef 0f0003 ef 078002 6f  aabbcc dddd 0102");
  for_each_truncation(whole, [](Bytes b) {
    const auto red = parse_red(b);
    EXPECT_TRUE(!red || red->count >= 1);
  });

  EXPECT_EQ(parse_red({}).error(), RedError::empty);
  EXPECT_EQ(parse_red(hex("ef 0f03ff 6f aa")).error(), RedError::truncated);
  EXPECT_EQ(parse_red(hex("ef 0f0000")).error(), RedError::truncated);
}

TEST(Red, refuses_a_chain_of_too_many_blocks) {
  std::vector<std::byte> payload;
  for (int i = 0; i < 100; ++i) {
    const auto header = hex("ef000000");
    payload.insert(payload.end(), header.begin(), header.end());
  }
  payload.push_back(std::byte{0x6f});

  EXPECT_EQ(parse_red(payload).error(), RedError::too_many_blocks);
}

TEST(RedBuilder, adds_the_two_packets_before) {
  RedBuilder builder;
  std::array<std::byte, 200> out;
  builder.build(ExtSeq(10), RtpTime(0), 111, hex("01"), out);
  builder.build(ExtSeq(11), RtpTime(960), 111, hex("0202"), out);
  const std::size_t n = builder.build(ExtSeq(12), RtpTime(1920), 111, hex("030303"), out);

  EXPECT_EQ(copy(Bytes(out).first(n)), hex("ef 1e0001 ef 0f0002 6f  01 0202 030303"));
}

TEST(RedBuilder, adds_nothing_across_a_hole_or_a_long_pause_or_late) {
  RedBuilder builder;
  std::array<std::byte, 200> out;
  const auto bare = [&](std::uint64_t seq, std::uint32_t t) {
    const std::size_t n = builder.build(ExtSeq(seq), RtpTime(t), 111, hex("aa"), out);
    return parse_red(Bytes(out).first(n))->count == 1;
  };

  EXPECT_TRUE(bare(10, 0));
  EXPECT_TRUE(bare(12, 1920));
  EXPECT_FALSE(bare(13, 2880));
  EXPECT_TRUE(bare(11, 960));
  EXPECT_TRUE(bare(14, 2880 + 0x4000));
  EXPECT_FALSE(bare(15, 2880 + 0x4000 + 960));
}

TEST(RedBuilder, leaves_out_the_older_block_first_when_there_is_no_room) {
  RedBuilder builder;
  std::array<std::byte, 200> out;
  builder.build(ExtSeq(10), RtpTime(0), 111, hex("01"), out);
  builder.build(ExtSeq(11), RtpTime(960), 111, hex("0202"), out);
  const std::size_t n =
      builder.build(ExtSeq(12), RtpTime(1920), 111, hex("030303"), MutableBytes(out).first(10));

  EXPECT_EQ(copy(Bytes(out).first(n)), hex("ef 0f0002 6f 0202 030303"));
  EXPECT_EQ(builder.build(ExtSeq(13), RtpTime(2880), 111, hex("04"), {}), 0u);
}

TEST(RedBuilder, does_not_repeat_a_block_longer_than_ten_bits) {
  RedBuilder builder;
  std::vector<std::byte> out(4000);
  builder.build(ExtSeq(10), RtpTime(0), 111, std::vector<std::byte>(1024), out);
  const std::size_t n = builder.build(ExtSeq(11), RtpTime(960), 111, hex("01"), out);

  EXPECT_EQ(copy(Bytes(out).first(n)), hex("6f 01"));
}

TEST(RedBuilder, builds_what_the_parser_reads) {
  std::mt19937 rng(6);
  RedBuilder builder;
  std::vector<std::byte> out(4000);
  std::vector<std::vector<std::byte>> sent;
  for (std::uint32_t i = 0; i < 500; ++i) {
    sent.push_back(random_bytes(rng, 1 + rng() % 300));
    const std::size_t n = builder.build(ExtSeq(100 + i), RtpTime(i * 960), 111, sent.back(), out);
    const auto red = parse_red(Bytes(out).first(n));
    ASSERT_TRUE(red);
    ASSERT_EQ(red->count, std::min<std::size_t>(i + 1, 3));
    for (std::size_t b = 0; b < red->count; ++b)
      EXPECT_EQ(copy(red->blocks[b].data), sent[sent.size() - red->count + b]);
  }
}

}  // namespace
}  // namespace plenum::rtp
