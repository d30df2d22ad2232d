#include "media/rtp/red.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace plenum::rtp
