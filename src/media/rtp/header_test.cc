#include "media/rtp/header.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "media/rtp/testing.h"
#include "media/rtp/writer.h"

namespace plenum::rtp {
namespace {

TEST(Header, reads_the_fixed_fields) {
  const auto packet = hex("80 e0 1234 01020304 deadbeef 0a0b");
  const auto h = parse_header(packet);

  ASSERT_TRUE(h);
  EXPECT_TRUE(h->marker);
  EXPECT_EQ(h->payload_type, 96);
  EXPECT_EQ(h->sequence, 0x1234);
  EXPECT_EQ(h->timestamp, RtpTime(0x01020304));
  EXPECT_EQ(h->ssrc, Ssrc(0xdeadbeef));
  EXPECT_EQ(h->payload_offset, 12);
  EXPECT_EQ(h->padding, 0);
}

TEST(Header, finds_the_payload_behind_csrcs_and_extension) {
  const auto packet =
      hex("b2 60 0001 00000002 00000003  11111111 22222222  bede 0001 10ff0000  aabbcc 02 02");
  const auto h = parse_header(packet);

  ASSERT_TRUE(h);
  EXPECT_EQ(h->csrc_count, 2);
  EXPECT_EQ(h->extension_profile, 0xbede);
  EXPECT_EQ(h->extension_offset, 24);
  EXPECT_EQ(h->extension_size, 4);
  EXPECT_EQ(h->payload_offset, 28);
  EXPECT_EQ(h->padding, 2);
}

TEST(Header, of_a_protected_packet_does_not_read_padding) {
  const auto packet = hex("a0 60 0001 00000002 00000003 ff");

  EXPECT_TRUE(parse_protected_header(packet));
  EXPECT_EQ(parse_header(packet).error(), ParseError::bad_padding);
}

TEST(Header, is_refused_for_what_is_wrong_with_it) {
  EXPECT_EQ(parse_header(hex("80")).error(), ParseError::too_short);
  EXPECT_EQ(parse_header(hex("40 60 0001 00000002 00000003")).error(), ParseError::bad_version);
  EXPECT_EQ(parse_header(hex("8f 60 0001 00000002 00000003 0000")).error(),
            ParseError::bad_csrc_count);
  EXPECT_EQ(parse_header(hex("90 60 0001 00000002 00000003 bede ffff 00")).error(),
            ParseError::bad_extension);
  EXPECT_EQ(parse_header(hex("a0 60 0001 00000002 00000003")).error(), ParseError::bad_padding);
  EXPECT_EQ(parse_header(hex("a0 60 0001 00000002 00000003 00")).error(), ParseError::bad_padding);
}

TEST(Header, survives_truncation_at_every_length) {
  const auto whole =
      hex("b2 60 0001 00000002 00000003  11111111 22222222  bede 0001 10ff0000  aabbcc 02 02");
  for_each_truncation(whole, [](Bytes b) {
    const auto h = parse_header(b);
    EXPECT_TRUE(!h || std::size_t{h->payload_offset} + h->padding <= b.size());
  });
}

TEST(Header, is_written_so_that_it_is_read_back) {
  std::mt19937 rng(1);
  for (int i = 0; i < 1000; ++i) {
    const HeaderFields f{.marker = (rng() & 1) != 0,
                         .payload_type = static_cast<std::uint8_t>(rng() & 0x7f),
                         .sequence = static_cast<std::uint16_t>(rng()),
                         .timestamp = RtpTime(static_cast<std::uint32_t>(rng())),
                         .ssrc = Ssrc(static_cast<std::uint32_t>(rng()))};
    ExtensionWriter extensions;
    if (rng() & 1) extensions.add(1, random_bytes(rng, 1 + rng() % 16));
    std::array<std::byte, 64> out;
    const std::size_t n = write_header(f, extensions, out);

    const auto h = parse_header(Bytes(out).first(n));
    ASSERT_TRUE(h);
    EXPECT_EQ(h->payload_offset, n);
    EXPECT_EQ(h->marker, f.marker);
    EXPECT_EQ(h->payload_type, f.payload_type);
    EXPECT_EQ(h->sequence, f.sequence);
    EXPECT_EQ(h->timestamp, f.timestamp);
    EXPECT_EQ(h->ssrc, f.ssrc);
    EXPECT_EQ(h->extension_size != 0, !extensions.empty());
  }
}

TEST(Header, is_not_written_where_it_does_not_fit) {
  ExtensionWriter extensions;
  extensions.add(1, hex("0102"));
  std::array<std::byte, 20> out;

  EXPECT_EQ(write_header({}, extensions, out), 20u);
  EXPECT_EQ(write_header({}, extensions, MutableBytes(out).first(19)), 0u);
  EXPECT_EQ(write_header({}, MutableBytes(out).first(11)), 0u);
}

}  // namespace
}  // namespace plenum::rtp
