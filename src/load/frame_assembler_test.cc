#include "load/frame_assembler.h"

#include <gtest/gtest.h>

namespace plenum::load {
namespace {

constexpr std::uint64_t kBase = 70'000;

/// Frame n has two packets, number 0 being a key frame.
FramePacket packet(std::uint64_t frame, bool second, bool key = false) {
  FramePacket p{.seq = ExtSeq(kBase + 2 * frame + second),
                .timestamp = RtpTime(static_cast<std::uint32_t>(3000 * frame))};
  p.start = !second;
  p.end = second;
  p.keyframe = !second && (key || frame == 0);
  return p;
}

std::vector<std::uint32_t> shown(FrameAssembler& a) {
  std::vector<std::uint32_t> out;
  while (const auto f = a.poll()) out.push_back(f->timestamp.value() / 3000);
  return out;
}
using Frames = std::vector<std::uint32_t>;

TEST(FrameAssembler, shows_frames_as_their_last_packet_comes) {
  FrameAssembler a;
  a.on_packet(packet(0, false));
  EXPECT_EQ(shown(a), Frames{});
  a.on_packet(packet(0, true));

  EXPECT_EQ(shown(a), Frames{0});
}

TEST(FrameAssembler, holds_frames_back_behind_a_hole_until_it_is_filled) {
  FrameAssembler a;
  for (const bool second : {false, true}) a.on_packet(packet(0, second));
  a.on_packet(packet(1, true));
  for (const bool second : {false, true}) a.on_packet(packet(2, second));
  EXPECT_EQ(shown(a), Frames{0});
  EXPECT_TRUE(a.is_blocked());
  a.on_packet(packet(1, false));

  EXPECT_EQ(shown(a), (Frames{1, 2}));
  EXPECT_FALSE(a.is_blocked());
}

TEST(FrameAssembler, a_whole_key_frame_ends_the_waiting) {
  FrameAssembler a;
  for (const bool second : {false, true}) a.on_packet(packet(0, second));
  for (const bool second : {false, true}) a.on_packet(packet(2, second));
  a.on_packet(packet(3, true, true));
  EXPECT_EQ(shown(a), Frames{0});
  a.on_packet(packet(3, false, true));

  EXPECT_EQ(shown(a), Frames{3});
}

TEST(FrameAssembler, who_comes_in_the_middle_waits_for_a_key_frame) {
  FrameAssembler a;
  a.on_packet(packet(5, true));
  for (const bool second : {false, true}) a.on_packet(packet(6, second));
  EXPECT_EQ(shown(a), Frames{});
  EXPECT_TRUE(a.needs_keyframe());
  for (const bool second : {false, true}) a.on_packet(packet(7, second, true));

  EXPECT_EQ(shown(a), Frames{7});
}

TEST(FrameAssembler, a_hole_that_is_never_filled_costs_no_memory_without_end) {
  FrameAssembler a;
  for (const bool second : {false, true}) a.on_packet(packet(0, second));
  for (std::uint64_t f = 2; f < 3'000; ++f)
    for (const bool second : {false, true}) a.on_packet(packet(f, second));

  EXPECT_EQ(shown(a), Frames{0});
  EXPECT_FALSE(a.is_blocked());
  EXPECT_TRUE(a.needs_keyframe());
}

}  // namespace
}  // namespace plenum::load
