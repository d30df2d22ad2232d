#include "media/rtp/dependency_descriptor.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "media/rtp/bits.h"
#include "media/rtp/testing.h"

namespace plenum::rtp {
namespace {

/// Bytes from binary digits, zero-padded to a whole byte; everything else is skipped.
std::vector<std::byte> binary(std::string_view text) {
  std::vector<std::byte> out;
  std::size_t n = 0;
  for (const char c : text) {
    if (c != '0' && c != '1') continue;
    if (n % 8 == 0) out.push_back(std::byte{0});
    if (c == '1') out.back() |= static_cast<std::byte>(0x80u >> n % 8);
    ++n;
  }
  return out;
}

// One spatial layer, two temporal ones; written out by hand from appendix A.8.2.
constexpr std::string_view kL1T2 =
    "000000 00001"           // template_id_offset 0, two decode targets
    "00 01 11"               // templates: T0 (key), T0, T1
    "10 10  10 10  00 01"    // DTIs: SS, SS, -D
    "0  1 0001 0  1 0000 0"  // frame differences: none, 2, 1
    "10"                     // ns(3) = 1: one chain; it protects both targets in no bits
    "0000 0010 0001"         // its differences
    "1 0000001001111111 0000000101100111";  // resolution 640x360

std::vector<std::byte> key_packet(std::string_view mandatory = "1 0 000000 0000000000000001",
                                  std::string_view flags = "10000", std::string_view rest = "") {
  return binary(std::string(mandatory) + std::string(flags) + std::string(kL1T2) +
                std::string(rest));
}

TEST(DependencyDescriptor, reads_a_structure_and_the_frame_that_brings_it) {
  DependencyStructure s;
  const auto d = parse_dependency_descriptor(key_packet(), s);

  ASSERT_TRUE(d);
  EXPECT_TRUE(d->start_of_frame);
  EXPECT_FALSE(d->end_of_frame);
  EXPECT_EQ(d->frame_number, 1);
  EXPECT_TRUE(d->has_structure);
  EXPECT_EQ(d->active_decode_targets, 3u);
  EXPECT_EQ(d->frame_diffs.count, 0);
  EXPECT_EQ(d->resolution.width, 640u);
  EXPECT_EQ(d->resolution.height, 360u);
  EXPECT_EQ(d->switch_up_temporal_id, 1);
  EXPECT_EQ(s.template_count, 3);
  EXPECT_EQ(s.decode_target_count, 2);
  EXPECT_EQ(s.chain_count, 1);
  EXPECT_EQ(s.decode_targets[0].temporal_id, 0);
  EXPECT_EQ(s.decode_targets[1].temporal_id, 1);
  EXPECT_EQ(s.decode_targets_within(0, 0), 1u);
  EXPECT_EQ(s.decode_targets_within(0, 7), 3u);
}

TEST(DependencyDescriptor, of_three_bytes_is_explained_by_the_template) {
  DependencyStructure s;
  ASSERT_TRUE(parse_dependency_descriptor(key_packet(), s));
  const auto d = parse_dependency_descriptor(binary("0 1 000010 0000000000000111"), s);

  ASSERT_TRUE(d);
  EXPECT_FALSE(d->start_of_frame);
  EXPECT_TRUE(d->end_of_frame);
  EXPECT_EQ(d->temporal_id, 1);
  EXPECT_EQ(d->frame_number, 7);
  EXPECT_EQ(d->dtis[0], Dti::not_present);
  EXPECT_EQ(d->dtis[1], Dti::discardable);
  ASSERT_EQ(d->frame_diffs.count, 1);
  EXPECT_EQ(d->frame_diffs.values[0], 1);
  EXPECT_EQ(d->chain_diffs[0], 1);
  EXPECT_FALSE(d->has_structure);
}

TEST(DependencyDescriptor, prefers_custom_fields_to_the_template) {
  DependencyStructure s;
  ASSERT_TRUE(parse_dependency_descriptor(key_packet(), s));
  // Flags: active targets, dtis, differences, chains; mask 01, DTIs RD, differences 16 and 4096.
  const auto d = parse_dependency_descriptor(
      binary("1 1 000001 1111111111111111 01111 01 11 01 01 1111 11 111111111111 00 11111111"), s);

  ASSERT_TRUE(d);
  EXPECT_EQ(d->active_decode_targets, 1u);
  EXPECT_EQ(d->dtis[0], Dti::required);
  EXPECT_EQ(d->dtis[1], Dti::discardable);
  ASSERT_EQ(d->frame_diffs.count, 2);
  EXPECT_EQ(d->frame_diffs.values[0], 16);
  EXPECT_EQ(d->frame_diffs.values[1], 4096);
  EXPECT_EQ(d->chain_diffs[0], 255);
}

TEST(DependencyDescriptor, needs_a_structure_that_knows_its_template) {
  DependencyStructure s;
  const auto delta = binary("1 1 000011 0000000000000010");
  EXPECT_EQ(parse_dependency_descriptor(delta, s).error(), DependencyError::no_structure);
  ASSERT_TRUE(parse_dependency_descriptor(key_packet(), s));

  EXPECT_EQ(parse_dependency_descriptor(delta, s).error(), DependencyError::unknown_template);
}

TEST(DependencyDescriptor, keeps_the_old_structure_when_the_new_one_is_broken) {
  DependencyStructure s;
  ASSERT_TRUE(parse_dependency_descriptor(key_packet(), s));
  for_each_truncation(key_packet("1 0 000001 0000000000000001"), [&](Bytes b) {
    (void)parse_dependency_descriptor(b, s);
    EXPECT_EQ(s.template_count, 3);
    EXPECT_EQ(s.decode_target_count, 2);
  });
}

TEST(DependencyDescriptor, bounds_templates_layers_and_differences) {
  DependencyStructure s;
  const std::string head = "1 1 000000 0000000000000000 10000 000000 00000";
  std::string templates;
  for (int i = 0; i < 200; ++i) templates += "00";
  std::string spatial;
  for (int i = 0; i < 20; ++i) spatial += "10";
  std::string temporal;
  for (int i = 0; i < 20; ++i) temporal += "01";
  std::string diffs = "11 10";
  for (int i = 0; i < 40; ++i) diffs += "10000";

  for (const std::string& tail : {templates, spatial, temporal, diffs})
    EXPECT_EQ(parse_dependency_descriptor(binary(head + tail), s).error(),
              DependencyError::out_of_bounds);
  EXPECT_FALSE(s.valid());
}

TEST(DependencyDescriptor, gets_its_active_decode_targets_replaced) {
  DependencyStructure s;
  const auto key = key_packet();
  ASSERT_TRUE(parse_dependency_descriptor(key, s));
  std::array<std::byte, 128> out;

  const auto expect_mask = [&](const std::vector<std::byte>& value, std::uint32_t mask) {
    DependencyStructure before = s;
    DependencyStructure after = s;
    const auto original = parse_dependency_descriptor(value, before);
    const std::size_t n = rewrite_active_decode_targets(value, s, mask, out);
    ASSERT_GT(n, 0u);
    const auto d = parse_dependency_descriptor(Bytes(out).first(n), after);
    ASSERT_TRUE(original && d);
    EXPECT_TRUE(d->has_active_decode_targets);
    EXPECT_EQ(d->active_decode_targets, mask);
    EXPECT_EQ(d->frame_number, original->frame_number);
    EXPECT_EQ(d->template_id, original->template_id);
    EXPECT_EQ(d->has_structure, original->has_structure);
    EXPECT_EQ(d->dtis, original->dtis);
    EXPECT_EQ(d->frame_diffs.count, original->frame_diffs.count);
    EXPECT_EQ(d->chain_diffs, original->chain_diffs);
    EXPECT_EQ(after.template_count, before.template_count);
    EXPECT_EQ(after.resolutions[0].width, before.resolutions[0].width);
  };
  expect_mask(key, 1);
  expect_mask(key_packet("1 0 000000 0000000000000001", "11000", "11"), 2);
  expect_mask(binary("0 1 000010 0000000000000111"), 1);
  expect_mask(binary("1 1 000001 1111111111111111 01111 01 11 01 01 1111 00 11111111"), 2);
  EXPECT_EQ(rewrite_active_decode_targets(key, s, 1, MutableBytes(out).first(key.size() - 4)), 0u);
}

TEST(DependencyDescriptor, rewrite_survives_truncation_and_noise) {
  DependencyStructure s;
  ASSERT_TRUE(parse_dependency_descriptor(key_packet(), s));
  std::array<std::byte, 64> out;
  for_each_truncation(key_packet(), [&](Bytes b) {
    EXPECT_LE(rewrite_active_decode_targets(b, s, 1, out), out.size());
  });
  std::mt19937 rng(7);
  for (int i = 0; i < 20000; ++i) {
    const auto noise = random_bytes(rng, 3 + rng() % 60);
    (void)parse_dependency_descriptor(noise, s);
    EXPECT_LE(rewrite_active_decode_targets(noise, s, 1, out), out.size());
  }
}

TEST(Bits, encode_non_symmetric_values_as_the_table_says) {
  // AV1 bitstream specification section 4.10.7, n = 5.
  constexpr std::array<std::string_view, 5> kCodes = {"00", "01", "10", "110", "111"};
  for (std::uint32_t v = 0; v < 5; ++v) {
    const auto code = binary(kCodes[v]);
    BitReader r(code);
    EXPECT_EQ(r.non_symmetric(5), v);
    std::array<std::byte, 1> out;
    BitWriter w(out);
    w.non_symmetric(5, v);
    EXPECT_EQ(copy(Bytes(out).first(w.size_bytes())), code);
  }
}

}  // namespace
}  // namespace plenum::rtp
