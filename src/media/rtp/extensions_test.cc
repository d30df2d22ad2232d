#include "media/rtp/extensions.h"

#include <gtest/gtest.h>

#include <array>

#include "media/rtp/abs_send_time.h"
#include "media/rtp/testing.h"

namespace plenum::rtp {
namespace {

std::vector<std::byte> packet_with(std::uint16_t profile, const std::vector<std::byte>& elements) {
  auto packet = hex("90 60 0001 00000002 00000003");
  const std::size_t words = (elements.size() + 3) / 4;
  packet.resize(16 + 4 * words);
  put_be(packet, 12, 2, profile);
  put_be(packet, 14, 2, words);
  std::copy(elements.begin(), elements.end(), packet.begin() + 16);
  return packet;
}

ExtensionsView parse(const std::vector<std::byte>& packet, const ExtensionMap& map) {
  const auto h = parse_header(packet);
  EXPECT_TRUE(h);
  return parse_extensions(packet, *h, map);
}

ExtensionMap browser_map() {
  ExtensionMap map;
  map.set(Extension::audio_level, 1);
  map.set(Extension::abs_send_time, 2);
  map.set(Extension::transport_seq, 3);
  map.set(Extension::mid, 4);
  map.set(Extension::rid, 10);
  map.set(Extension::repaired_rid, 11);
  map.set(Extension::dependency_descriptor, 12);
  return map;
}

TEST(Extensions, are_read_in_the_one_byte_form) {
  const auto packet = packet_with(0xbede, hex("10 9e  22 010203  00  31 abcd  40 37  a0 71"));
  const ExtensionsView v = parse(packet, browser_map());

  ASSERT_TRUE(v.audio_level);
  EXPECT_EQ(v.audio_level->level_dbov, 30);
  EXPECT_TRUE(v.audio_level->voice);
  EXPECT_EQ(v.abs_send_time, 0x010203u);
  EXPECT_EQ(v.transport_seq, 0xabcd);
  EXPECT_EQ(v.mid, "7");
  EXPECT_EQ(v.rid, "q");
  EXPECT_TRUE(v.repaired_rid.empty());
}

TEST(Extensions, are_read_in_the_two_byte_form) {
  const auto packet = packet_with(0x1003, hex("01 01 05  00  04 00  0c 03 aabbcc  03 02 0001"));
  const ExtensionsView v = parse(packet, browser_map());

  EXPECT_EQ(v.audio_level->level_dbov, 5);
  EXPECT_FALSE(v.audio_level->voice);
  EXPECT_TRUE(v.mid.empty());
  EXPECT_EQ(copy(v.dependency_descriptor), hex("aabbcc"));
  EXPECT_EQ(v.transport_seq, 1);
}

TEST(Extensions, of_wrong_size_or_unknown_id_count_as_absent) {
  const auto packet = packet_with(0xbede, hex("20 01  30 01  52 000000  40 38"));
  const ExtensionsView v = parse(packet, browser_map());

  EXPECT_FALSE(v.abs_send_time);
  EXPECT_FALSE(v.transport_seq);
  EXPECT_EQ(v.mid, "8");
}

TEST(Extensions, end_at_a_broken_element_and_at_id_15) {
  EXPECT_TRUE(parse(packet_with(0xbede, hex("4f 3700")), browser_map()).mid.empty());
  EXPECT_TRUE(parse(packet_with(0xbede, hex("f0 00 40 37")), browser_map()).mid.empty());
  EXPECT_TRUE(parse(packet_with(0x1000, hex("04 ff 37 00")), browser_map()).mid.empty());
  EXPECT_TRUE(parse(packet_with(0x1000, hex("00 00 00 04")), browser_map()).mid.empty());
  EXPECT_TRUE(parse(packet_with(0x4242, hex("40 37 40 37")), browser_map()).mid.empty());
}

TEST(Extensions, never_read_outside_their_block) {
  std::mt19937 rng(2);
  const ExtensionMap map = browser_map();
  for (int i = 0; i < 5000; ++i) {
    const auto elements = random_bytes(rng, rng() % 40);
    const auto packet = packet_with((rng() & 1) ? 0xbede : 0x1000, elements);
    const ExtensionsView v = parse(packet, map);
    const std::byte* end = packet.data() + packet.size();
    for (const Bytes b : {as_bytes(v.mid), as_bytes(v.rid), v.dependency_descriptor})
      EXPECT_TRUE(b.empty() || b.data() + b.size() <= end);
  }
}

TEST(ExtensionWriter, prefers_the_one_byte_form) {
  ExtensionWriter w;
  w.add(3, hex("abcd"));
  w.add(0, hex("ff"));
  w.add(4, hex("37"));
  std::array<std::byte, 32> out;
  const std::size_t n = w.finish(out);

  EXPECT_EQ(copy(Bytes(out).first(n)), hex("bede 0002  31 abcd 40 37 000000"));
}

TEST(ExtensionWriter, takes_the_two_byte_form_for_high_ids_and_odd_sizes) {
  ExtensionWriter high;
  high.add(15, hex("37"));
  ExtensionWriter empty;
  empty.add(1, {});
  ExtensionWriter large;
  large.add(1, std::vector<std::byte>(17));
  std::array<std::byte, 64> out;

  EXPECT_EQ(copy(Bytes(out).first(high.finish(out))), hex("1000 0001 0f 01 37 00"));
  EXPECT_EQ(copy(Bytes(out).first(empty.finish(out))), hex("1000 0001 01 00 0000"));
  EXPECT_EQ(large.finish(out), 24u);
}

TEST(ExtensionWriter, says_zero_when_there_is_nothing_or_no_room) {
  ExtensionWriter w;
  std::array<std::byte, 32> out;
  EXPECT_EQ(w.finish(out), 0u);
  w.add(1, hex("01020304"));

  EXPECT_EQ(w.finish(MutableBytes(out).first(11)), 0u);
  EXPECT_EQ(w.finish(out), 12u);
}

TEST(ExtensionWriter, leaves_out_what_no_longer_fits) {
  ExtensionWriter w;
  for (int i = 0; i < 40; ++i) w.add(1, std::vector<std::byte>(100));
  std::array<std::byte, 512> out;

  EXPECT_EQ(w.finish(out), 4u + 204u);
}

TEST(ExtensionMap, gives_each_id_one_meaning) {
  ExtensionMap map;
  map.set(Extension::mid, 4);
  map.set(Extension::rid, 4);
  EXPECT_FALSE(map.has(Extension::mid));
  EXPECT_EQ(map.extension(4), Extension::rid);
  map.set(Extension::rid, 5);
  EXPECT_FALSE(map.extension(4));
  map.set(Extension::rid, 0);

  EXPECT_EQ(map, ExtensionMap());
}

TEST(ExtensionMap, knows_every_extension_by_its_uri) {
  for (std::size_t i = 0; i < kExtensionCount; ++i) {
    const auto e = static_cast<Extension>(i);
    EXPECT_EQ(extension_by_uri(uri(e)), e);
  }
  EXPECT_FALSE(extension_by_uri("urn:ietf:params:rtp-hdrext:toffset"));
}

TEST(AbsSendTime, is_6_18_fixed_point_and_wraps_after_64_seconds) {
  EXPECT_EQ(abs_send_time(1s), 1u << 18);
  EXPECT_EQ(abs_send_time(500ms), 1u << 17);
  EXPECT_EQ(abs_send_time(64s + 1s), 1u << 18);
  EXPECT_EQ(abs_send_time(-63s), 1u << 18);
  EXPECT_EQ(abs_send_time(63'999'999us), 0u);
  EXPECT_EQ(abs_send_time_difference(abs_send_time(63s), abs_send_time(65s)), 2s);
  EXPECT_EQ(abs_send_time_difference(abs_send_time(2s), abs_send_time(1s)), -1s);
}

}  // namespace
}  // namespace plenum::rtp
