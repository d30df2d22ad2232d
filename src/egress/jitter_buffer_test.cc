#include "egress/jitter_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace plenum::egress {
namespace {

const TimePoint t0{std::chrono::seconds(10)};

MediaPacket packet(std::uint64_t seq, TimePoint arrival, std::size_t size = 10) {
  return {.seq = ExtSeq(seq),
          .timestamp = RtpTime(static_cast<std::uint32_t>(seq) * 100),
          .marker = false,
          .payload = std::vector<std::byte>(size),
          .arrival = arrival};
}

/// "5", or "5!" after a gap.
std::vector<std::string> drain(JitterBuffer& buffer, TimePoint now) {
  std::vector<std::string> out;
  while (auto popped = buffer.pop(now))
    out.push_back(std::to_string(popped->packet.seq.value()) + (popped->after_gap ? "!" : ""));
  return out;
}

using Order = std::vector<std::string>;

TEST(JitterBuffer, gives_late_packets_their_place) {
  JitterBuffer buffer;
  buffer.push(packet(5, t0));
  EXPECT_EQ(drain(buffer, t0), (Order{"5"}));
  buffer.push(packet(7, t0 + 10ms));
  buffer.push(packet(8, t0 + 11ms));
  EXPECT_EQ(drain(buffer, t0 + 150ms), Order{});
  EXPECT_EQ(buffer.next_timeout(), t0 + 210ms);
  buffer.push(packet(6, t0 + 150ms));

  EXPECT_EQ(drain(buffer, t0 + 150ms), (Order{"6", "7", "8"}));
  EXPECT_EQ(buffer.next_timeout(), kNever);
}

TEST(JitterBuffer, says_that_there_is_a_gap_once_the_wait_is_over) {
  JitterBuffer buffer({.wait = 100ms});
  buffer.push(packet(5, t0));
  drain(buffer, t0);
  buffer.push(packet(9, t0 + 20ms));
  buffer.push(packet(7, t0 + 50ms));

  EXPECT_EQ(drain(buffer, t0 + 119ms), Order{});
  EXPECT_EQ(drain(buffer, t0 + 120ms), (Order{"7!", "9!"}));
  EXPECT_EQ(buffer.bytes(), 0u);
}

TEST(JitterBuffer, drops_duplicates_and_what_comes_after_its_turn) {
  JitterBuffer buffer;
  buffer.push(packet(5, t0));
  buffer.push(packet(5, t0));
  buffer.push(packet(7, t0));
  drain(buffer, t0 + 200ms);
  buffer.push(packet(6, t0 + 201ms));

  EXPECT_EQ(drain(buffer, t0 + 500ms), Order{});
  EXPECT_EQ(buffer.dropped(), 2u);
}

TEST(JitterBuffer, padding_fills_its_place_and_is_not_given_out) {
  JitterBuffer buffer;
  buffer.push(packet(5, t0));
  buffer.push(packet(6, t0, 0));
  buffer.push(packet(7, t0));
  buffer.push(packet(9, t0, 0));
  buffer.push(packet(10, t0));

  EXPECT_EQ(drain(buffer, t0), (Order{"5", "7"}));
  EXPECT_EQ(drain(buffer, t0 + 200ms), (Order{"10!"}));
}

TEST(JitterBuffer, waits_no_longer_when_full_and_never_keeps_more) {
  JitterBuffer buffer({.wait = 200ms, .max_packets = 4, .max_bytes = 1000});
  buffer.push(packet(1, t0));
  drain(buffer, t0);
  for (std::uint64_t seq = 3; seq < 7; ++seq) buffer.push(packet(seq, t0));
  EXPECT_EQ(drain(buffer, t0), (Order{"3!", "4", "5", "6"}));
  for (std::uint64_t seq = 8; seq < 14; ++seq) buffer.push(packet(seq, t0));
  EXPECT_EQ(buffer.packets(), 4u);
  for (std::uint64_t seq = 14; seq < 17; ++seq) buffer.push(packet(seq, t0, 400));

  EXPECT_EQ(buffer.bytes(), 800u);
  EXPECT_EQ(drain(buffer, t0), (Order{"15!", "16"}));
}

TEST(JitterBuffer, undoes_any_shuffle_that_the_wait_allows) {
  std::mt19937 rng(3);
  std::vector<MediaPacket> sent;
  for (std::uint64_t seq = 100; seq < 1100; ++seq) {
    const auto at = t0 + std::chrono::milliseconds(5 * (seq - 100));
    sent.push_back(packet(seq, at + std::chrono::milliseconds(seq == 100 ? 0 : rng() % 190)));
  }
  std::stable_sort(sent.begin(), sent.end(),
                   [](const auto& a, const auto& b) { return a.arrival < b.arrival; });
  JitterBuffer buffer;
  std::uint64_t expected = 100;
  for (MediaPacket& p : sent) {
    const TimePoint now = p.arrival;
    buffer.push(std::move(p));
    while (auto popped = buffer.pop(now)) {
      EXPECT_EQ(popped->packet.seq.value(), expected++);
      EXPECT_FALSE(popped->after_gap);
    }
  }

  EXPECT_EQ(expected, 1100u);
}

}  // namespace
}  // namespace plenum::egress
