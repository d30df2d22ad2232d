#include "media/rtp/rtx.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "media/rtp/testing.h"

namespace plenum::rtp {
namespace {

TEST(Rtx, restores_the_original_packet) {
  auto packet = hex("90 e1 0007 00000002 00000003 bede 0001 10ff0000 1234 aabbcc");
  Header h = *parse_header(packet);
  const auto content = unwrap_rtx(packet, h, Ssrc(0x55667788), 96);

  ASSERT_TRUE(content);
  EXPECT_FALSE(content->padding_only);
  packet.resize(content->size);
  EXPECT_EQ(packet, hex("90 e0 1234 00000002 55667788 bede 0001 10ff0000 aabbcc"));
  const Header again = *parse_header(packet);
  EXPECT_EQ(h.sequence, again.sequence);
  EXPECT_EQ(h.ssrc, again.ssrc);
  EXPECT_EQ(h.payload_type, again.payload_type);
  EXPECT_EQ(h.payload_offset, again.payload_offset);
}

TEST(Rtx, keeps_padding_behind_the_restored_payload) {
  auto packet = hex("a0 61 0007 00000002 00000003 1234 aa 00 02");
  Header h = *parse_header(packet);
  const auto content = unwrap_rtx(packet, h, Ssrc(1), 96);

  ASSERT_TRUE(content);
  packet.resize(content->size);
  EXPECT_EQ(packet, hex("a0 60 1234 00000002 00000001 aa 00 02"));
}

TEST(Rtx, reports_a_padding_only_packet_as_such) {
  auto probe = hex("a0 61 0007 00000002 00000003 00 00 03");
  Header h = *parse_header(probe);
  EXPECT_TRUE(unwrap_rtx(probe, h, Ssrc(1), 96)->padding_only);

  auto empty = hex("80 61 0007 00000002 00000003");
  h = *parse_header(empty);
  EXPECT_TRUE(unwrap_rtx(empty, h, Ssrc(1), 96)->padding_only);
}

TEST(Rtx, refuses_half_a_sequence_number) {
  auto packet = hex("80 61 0007 00000002 00000003 12");
  Header h = *parse_header(packet);

  EXPECT_EQ(unwrap_rtx(packet, h, Ssrc(1), 96).error(), RtxError::truncated);
}

TEST(Rtx, writes_the_low_16_bits_of_the_original_number) {
  std::array<std::byte, 2> out;

  EXPECT_EQ(write_osn(ExtSeq(0x51234), out), 2u);
  EXPECT_EQ(copy(out), hex("1234"));
  EXPECT_EQ(write_osn(ExtSeq(1), MutableBytes(out).first(1)), 0u);
}

}  // namespace
}  // namespace plenum::rtp
