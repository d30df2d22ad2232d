#include "media/rtp/packet_cache.h"

#include <gtest/gtest.h>

#include "media/rtp/testing.h"

namespace plenum::rtp {
namespace {

constexpr TimePoint t0{1000s};

Packet packet(std::uint64_t seq) {
  Packet p;
  p.buffer = Buffer::copy_of(hex("80 60 0001 00000002 00000003 aabb"));
  p.size = p.buffer.size();
  p.header = *parse_header(p.bytes());
  p.seq = ExtSeq(seq);
  return p;
}

TEST(PacketCache, finds_what_was_inserted) {
  PacketCache cache;
  const Packet* p = cache.insert(packet(100), t0);

  ASSERT_NE(p, nullptr);
  EXPECT_EQ(cache.find(ExtSeq(100)), p);
  EXPECT_EQ(p->arrival, t0);
  EXPECT_EQ(copy(p->payload()), hex("aabb"));
  EXPECT_EQ(cache.find(ExtSeq(101)), nullptr);
  EXPECT_EQ(cache.find(ExtSeq(100 + 64)), nullptr);
}

TEST(PacketCache, refuses_duplicates_and_what_is_too_old) {
  PacketCache cache;
  cache.insert(packet(5000), t0);

  EXPECT_EQ(cache.insert(packet(5000), t0), nullptr);
  EXPECT_EQ(cache.insert(packet(5000 - 1024), t0), nullptr);
  EXPECT_NE(cache.insert(packet(5000 - 1023), t0), nullptr);
}

TEST(PacketCache, stays_small_for_a_slow_stream) {
  PacketCache cache;
  for (int i = 0; i < 1000; ++i)
    cache.insert(packet(100 + static_cast<std::uint64_t>(i)), t0 + i * 20ms);

  EXPECT_EQ(cache.capacity(), 64u);
  EXPECT_NE(cache.find(ExtSeq(100 + 999 - 63)), nullptr);
  EXPECT_EQ(cache.find(ExtSeq(100 + 999 - 64)), nullptr);
}

TEST(PacketCache, grows_until_it_holds_a_second_and_keeps_pointers_valid) {
  PacketCache cache;
  const Packet* first = cache.insert(packet(1000), t0);
  for (int i = 1; i < 400; ++i)
    cache.insert(packet(1000 + static_cast<std::uint64_t>(i)), t0 + i * 2500us);

  EXPECT_EQ(cache.capacity(), 512u);
  EXPECT_EQ(cache.find(ExtSeq(1000)), first);
  for (int i = 0; i < 400; ++i)
    EXPECT_NE(cache.find(ExtSeq(1000 + static_cast<std::uint64_t>(i))), nullptr);
}

TEST(PacketCache, never_overwrites_a_packet_of_the_same_turn) {
  PacketCache cache({.initial_packets = 4, .max_packets = 8});
  for (std::uint64_t s = 0; s < 8; ++s) ASSERT_NE(cache.insert(packet(100 + s), t0), nullptr);

  EXPECT_EQ(cache.insert(packet(108), t0), nullptr);
  EXPECT_EQ(cache.insert(packet(100 + 8 * 1000), t0), nullptr);
  EXPECT_NE(cache.find(ExtSeq(100)), nullptr);
  EXPECT_NE(cache.insert(packet(108), t0 + 1ms), nullptr);
  EXPECT_EQ(cache.find(ExtSeq(100)), nullptr);
}

TEST(PacketCache, forgets_packets_that_expired) {
  PacketCache cache;
  cache.insert(packet(1), t0);
  cache.insert(packet(2), t0 + 500ms);
  cache.mark_keyframe(ExtSeq(1));
  EXPECT_EQ(cache.last_keyframe(), ExtSeq(1));
  cache.expire(t0 + 1100ms, 1s);

  EXPECT_EQ(cache.find(ExtSeq(1)), nullptr);
  EXPECT_NE(cache.find(ExtSeq(2)), nullptr);
  EXPECT_FALSE(cache.last_keyframe());
}

TEST(PacketCache, takes_no_packet_twice_even_when_its_first_copy_is_gone) {
  PacketCache cache({.initial_packets = 64, .max_packets = 256});
  cache.insert(packet(1), t0);
  cache.insert(packet(65), t0 + 1100ms);   // in the place of 1
  cache.insert(packet(129), t0 + 1200ms);  // grows, and the place of 1 is empty again
  ASSERT_GT(cache.capacity(), 64u);

  EXPECT_EQ(cache.insert(packet(1), t0 + 1300ms), nullptr);
  cache.expire(t0 + 5s, 1s);
  EXPECT_EQ(cache.insert(packet(129), t0 + 5s), nullptr);
  EXPECT_NE(cache.insert(packet(130), t0 + 5s), nullptr);
}

TEST(PacketCache, holds_what_a_plain_map_would_hold) {
  std::mt19937 rng(5);
  PacketCache cache({.initial_packets = 64, .max_packets = 256});
  std::uint64_t highest = 10000;
  TimePoint now = t0;
  for (int i = 0; i < 5000; ++i) {
    now += 1ms;
    const std::uint64_t seq = highest - 40 + rng() % 44;
    const bool had = cache.find(ExtSeq(seq)) != nullptr;
    const Packet* p = cache.insert(packet(seq), now);
    EXPECT_EQ(p == nullptr, had);
    highest = std::max(highest, seq);
    ASSERT_NE(cache.find(ExtSeq(seq)), nullptr);
    EXPECT_EQ(cache.find(ExtSeq(seq))->seq, ExtSeq(seq));
  }
}

}  // namespace
}  // namespace plenum::rtp
