#include "media/rtcp/nack_tracker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>

namespace plenum::rtcp {
namespace {

constexpr TimePoint t0{1000s};

std::vector<ExtSeq> poll(NackTracker& nack, TimePoint now) {
  std::array<ExtSeq, 64> out;
  const std::size_t n = nack.poll(now, out);
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n)};
}

TEST(NackTracker, asks_for_a_missing_packet_once_the_reorder_tolerance_has_passed) {
  NackTracker nack({.reorder_tolerance = 20ms});
  nack.on_packet(ExtSeq(7), t0);
  nack.on_packet(ExtSeq(9), t0 + 5ms);

  EXPECT_EQ(nack.next_timeout(), t0 + 25ms);
  EXPECT_EQ(poll(nack, t0 + 24ms), std::vector<ExtSeq>{});
  EXPECT_EQ(poll(nack, t0 + 25ms), std::vector{ExtSeq(8)});
}

TEST(NackTracker, asks_at_once_when_two_later_packets_have_come) {
  NackTracker nack;
  nack.on_packet(ExtSeq(7), t0);
  nack.on_packet(ExtSeq(9), t0);
  nack.on_packet(ExtSeq(10), t0 + 1ms);

  EXPECT_EQ(nack.next_timeout(), t0 + 1ms);
  EXPECT_EQ(poll(nack, t0 + 1ms), std::vector{ExtSeq(8)});
}

TEST(NackTracker, asks_for_nothing_when_packets_were_only_reordered) {
  NackTracker nack;
  nack.on_packet(ExtSeq(7), t0);
  nack.on_packet(ExtSeq(9), t0);

  EXPECT_TRUE(nack.on_packet(ExtSeq(8), t0 + 5ms));
  EXPECT_EQ(nack.next_timeout(), kNever);
  EXPECT_FALSE(nack.on_packet(ExtSeq(8), t0 + 6ms));
}

TEST(NackTracker, repeats_a_round_trip_later_and_gives_up_after_the_last_request) {
  NackTracker nack({.max_requests = 3});
  nack.on_rtt(80ms);
  nack.on_packet(ExtSeq(1), t0);
  nack.on_packet(ExtSeq(3), t0);
  std::vector<Duration> asked;
  for (TimePoint now = t0; nack.next_timeout() != kNever; now = nack.next_timeout())
    for ([[maybe_unused]] const ExtSeq s : poll(nack, now)) asked.push_back(now - t0);

  EXPECT_EQ(asked, (std::vector<Duration>{20ms, 120ms, 220ms}));
  EXPECT_EQ(nack.given_up(), 1u);
  EXPECT_EQ(nack.missing(), 0u);
}

TEST(NackTracker, gives_up_the_list_when_too_much_is_lost) {
  NackTracker nack({.max_missing = 100});
  nack.on_packet(ExtSeq(1), t0);
  nack.on_packet(ExtSeq(102), t0);
  EXPECT_EQ(nack.missing(), 100u);
  EXPECT_FALSE(nack.take_keyframe_needed());
  nack.on_packet(ExtSeq(104), t0);

  EXPECT_TRUE(nack.take_keyframe_needed());
  EXPECT_FALSE(nack.take_keyframe_needed());
  EXPECT_EQ(nack.missing(), 0u);
  EXPECT_EQ(nack.next_timeout(), kNever);
  nack.on_packet(ExtSeq(~std::uint64_t{0}), t0);
  EXPECT_TRUE(nack.take_keyframe_needed());
}

TEST(NackTracker, forgets_holes_before_a_key_frame) {
  NackTracker nack;
  nack.on_packet(ExtSeq(1), t0);
  nack.on_packet(ExtSeq(4), t0);
  nack.on_packet(ExtSeq(6), t0);
  nack.forget_before(ExtSeq(4));

  EXPECT_EQ(poll(nack, t0 + 1s), std::vector{ExtSeq(5)});
}

TEST(NackTracker, hands_out_a_long_list_in_pieces) {
  NackTracker nack;
  nack.on_packet(ExtSeq(0), t0);
  nack.on_packet(ExtSeq(201), t0);
  std::size_t total = 0;
  while (const std::size_t n = poll(nack, t0 + 20ms).size()) total += n;

  EXPECT_EQ(total, 200u);
  EXPECT_GT(nack.next_timeout(), t0 + 20ms);
}

TEST(NackTracker, asks_for_exactly_what_is_missing) {
  std::mt19937 rng(9);
  NackTracker nack;
  std::set<std::uint64_t> lost;
  TimePoint now = t0;
  nack.on_packet(ExtSeq(999), now);
  for (std::uint64_t s = 1000; s < 1600; ++s, now += 2ms) {
    if (rng() % 10 == 0)
      lost.insert(s);
    else
      nack.on_packet(ExtSeq(s), now);
  }
  nack.on_packet(ExtSeq(1600), now);
  std::set<std::uint64_t> asked;
  NackTracker copy = nack;
  for (const ExtSeq s : poll(copy, now + 1s)) asked.insert(s.value());
  for (const ExtSeq s : poll(copy, now + 1s)) asked.insert(s.value());

  EXPECT_EQ(asked, lost);
  for (const std::uint64_t s : lost) nack.on_packet(ExtSeq(s), now);
  EXPECT_EQ(nack.missing(), 0u);
  EXPECT_EQ(nack.next_timeout(), kNever);
}

}  // namespace
}  // namespace plenum::rtcp
