#include "media/rtp/unwrap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include <random>

namespace plenum::rtp {
namespace {

TEST(SequenceUnwrapper, continues_over_the_wrap_in_both_directions) {
  SequenceUnwrapper u;
  EXPECT_EQ(u.unwrap(65534), ExtSeq(65536 + 65534));
  EXPECT_EQ(u.unwrap(1), ExtSeq(2 * 65536 + 1));
  EXPECT_EQ(u.unwrap(65535), ExtSeq(65536 + 65535));
  EXPECT_EQ(u.unwrap(2), ExtSeq(2 * 65536 + 2));
}

TEST(SequenceUnwrapper, has_room_for_packets_before_the_first) {
  SequenceUnwrapper u;
  u.unwrap(0);

  EXPECT_EQ(u.unwrap(65535), ExtSeq(65535));
}

TEST(SequenceUnwrapper, follows_any_stream_that_jumps_less_than_half_the_range) {
  std::mt19937 rng(3);
  SequenceUnwrapper u;
  std::uint64_t truth = 65536 + rng() % 65536;
  u.unwrap(static_cast<std::uint16_t>(truth));
  std::uint64_t highest = truth;
  for (int i = 0; i < 20000; ++i) {
    truth = highest - 30000 + rng() % 60000;
    ASSERT_EQ(u.unwrap(static_cast<std::uint16_t>(truth)), ExtSeq(truth));
    highest = std::max(highest, truth);
  }
}

TEST(SequenceUnwrapper, keeps_the_low_bits_and_never_underflows) {
  std::mt19937 rng(4);
  SequenceUnwrapper u;
  for (int i = 0; i < 20000; ++i) {
    const auto s = static_cast<std::uint16_t>(rng());
    const ExtSeq e = u.unwrap(s);
    ASSERT_EQ(e.value() & 0xffff, s);
    ASSERT_LT(e.value(), std::uint64_t{1} << 40);
  }
}

TEST(TimestampUnwrapper, continues_over_the_wrap) {
  TimestampUnwrapper u;
  const std::uint64_t first = u.unwrap(RtpTime(0xffffff00));

  EXPECT_EQ(u.unwrap(RtpTime(0x100)) - first, 0x200u);
  EXPECT_EQ(u.unwrap(RtpTime(0xffffff80)) - first, 0x80u);
}

}  // namespace
}  // namespace plenum::rtp
