#include "media/rtcp/transport_feedback.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

#include "media/rtcp/compound.h"
#include "media/rtcp/transport_feedback_builder.h"
#include "media/rtp/testing.h"

namespace plenum::rtcp {
namespace {

using rtp::copy;
using rtp::for_each_truncation;
using rtp::hex;

constexpr TimePoint t0{64s};  // a multiple of 64 ms: reference time 1000

using Statuses = std::vector<std::pair<std::uint16_t, std::optional<Duration>>>;

Statuses statuses(const TransportFeedbackView& v) {
  Statuses out;
  v.for_each([&](std::uint16_t s, std::optional<Duration> at) { out.emplace_back(s, at); });
  return out;
}

// Base 0xfffe, five packets, reference 1000; run of two small, then a two-bit vector: lost, large,
// small. Deltas 4, 0, -1, 255.
const auto kMessage =
    hex("8fcd0007 00000001 00000002 fffe 0005 0003e8 07"
        "2002 c900 04 00 ffff ff 000000");

TEST(TransportFeedback, reads_runs_and_vectors) {
  auto message = kMessage;
  message.resize(32);
  const auto v = parse_transport_feedback(message);

  ASSERT_TRUE(v);
  EXPECT_EQ(v->feedback_count, 7);
  EXPECT_EQ(v->reference_time, 1000);
  EXPECT_EQ(statuses(*v), (Statuses{{0xfffe, 64s + 1ms},
                                    {0xffff, 64s + 1ms},
                                    {0x0000, std::nullopt},
                                    {0x0001, 64s + 750us},
                                    {0x0002, 64s + 750us + 63750us}}));
}

TEST(TransportFeedback, reads_a_one_bit_vector) {
  const auto message = hex("8fcd0005 00000001 00000002 0001 0003 ffffff 00  a800 08 10");
  const auto v = parse_transport_feedback(message);

  ASSERT_TRUE(v);
  EXPECT_EQ(statuses(*v), (Statuses{{1, -64ms + 2ms}, {2, std::nullopt}, {3, -64ms + 6ms}}));
}

TEST(TransportFeedback, has_no_effect_when_anything_in_it_is_broken) {
  const auto error = [](const char* text) { return parse_transport_feedback(hex(text)).error(); };

  EXPECT_EQ(error("8fcd0004 00000001 00000002 0001 0000 000000 00"), FeedbackError::no_packets);
  EXPECT_EQ(error("8fcd0004 00000001 00000002 0001 0001 000000 00"), FeedbackError::truncated);
  EXPECT_EQ(error("8fcd0005 00000001 00000002 0001 0001 000000 00 0000 0000"),
            FeedbackError::bad_format);
  EXPECT_EQ(error("8fcd0005 00000001 00000002 0001 0003 000000 00 2003 0000"),
            FeedbackError::truncated);
  EXPECT_EQ(error("8fcd0005 00000001 00000002 0001 ffff 000000 00 1fff 0000"),
            FeedbackError::too_many_packets);
  EXPECT_EQ(error("8fcd0005 00000001 00000002 0001 2000 000000 00 3fff 3fff"),
            FeedbackError::truncated);
  EXPECT_EQ(error("8fcd0006 00000001 00000002 0001 0001 000000 00 2001 0000"),
            FeedbackError::bad_format);
  EXPECT_EQ(error("afcd0005 00000001 00000002 0001 0001 000000 00 2001 0009"),
            FeedbackError::bad_format);
}

TEST(TransportFeedback, survives_truncation_and_noise) {
  for_each_truncation(kMessage, [](Bytes b) { (void)parse_transport_feedback(b); });
  std::mt19937 rng(10);
  for (int i = 0; i < 20000; ++i) {
    auto m = rtp::random_bytes(rng, 20 + 4 * (rng() % 12));
    const auto head = hex("8fcd");
    std::copy(head.begin(), head.end(), m.begin());
    put_be(m, 2, 2, m.size() / 4 - 1);
    put_be(m, 14, 2, rng() % 64);
    const auto v = parse_transport_feedback(m);
    if (!v) continue;
    EXPECT_EQ(statuses(*v).size(), v->packet_count);
  }
}

Statuses take_all(TransportFeedbackBuilder& b, TimePoint now) {
  Statuses all;
  std::array<std::byte, 1500> out;
  while (const std::size_t n = b.poll(now, Ssrc(1), Ssrc(2), out)) {
    EXPECT_LE(n, 1200u);
    const auto v = parse_transport_feedback(Bytes(out).first(n));
    EXPECT_TRUE(v);
    if (!v) break;
    const Statuses s = statuses(*v);
    all.insert(all.end(), s.begin(), s.end());
  }
  return all;
}

TEST(TransportFeedbackBuilder, speaks_20_ms_after_the_first_packet_and_then_every_50) {
  TransportFeedbackBuilder b;
  EXPECT_EQ(b.next_timeout(), kNever);
  b.on_packet(1, t0);
  EXPECT_EQ(b.next_timeout(), t0 + 20ms);
  EXPECT_TRUE(take_all(b, t0 + 19ms).empty());
  EXPECT_EQ(take_all(b, t0 + 20ms).size(), 1u);
  EXPECT_EQ(b.next_timeout(), kNever);
  b.on_packet(2, t0 + 21ms);
  EXPECT_EQ(b.next_timeout(), t0 + 70ms);
  EXPECT_EQ(take_all(b, t0 + 70ms), (Statuses{{2, 64s + 21ms}}));
  b.on_packet(3, t0 + 500ms);

  EXPECT_EQ(b.next_timeout(), t0 + 500ms);
}

TEST(TransportFeedbackBuilder, writes_the_message_byte_for_byte) {
  TransportFeedbackBuilder b;
  b.on_packet(0xfffe, t0 + 1ms);
  b.on_packet(0xffff, t0 + 1ms);
  b.on_packet(1, t0 + 750us);
  b.on_packet(2, t0 + 750us + 63750us);
  std::array<std::byte, 100> out;
  const std::size_t n = b.poll(t0 + 100ms, Ssrc(1), Ssrc(2), out);

  EXPECT_EQ(copy(Bytes(out).first(n)),
            hex("afcd0006 00000001 00000002 fffe 0005 0003e8 00  d490  04 00 ffff ff  01"));
}

TEST(TransportFeedbackBuilder, tells_again_of_a_packet_that_it_called_lost) {
  TransportFeedbackBuilder b;
  b.on_packet(1, t0);
  b.on_packet(3, t0 + 1ms);
  take_all(b, t0 + 20ms);
  b.on_packet(2, t0 + 30ms);

  EXPECT_EQ(take_all(b, t0 + 70ms), (Statuses{{2, 64s + 30ms}, {3, 64s + 1ms}}));
}

TEST(TransportFeedbackBuilder, splits_what_does_not_fit_or_lies_too_far_apart) {
  TransportFeedbackBuilder b;
  b.on_packet(0, t0);
  b.on_packet(1, t0 + 30s);
  EXPECT_EQ(take_all(b, t0 + 31s), (Statuses{{0, 64s}, {1, 94s}}));
  for (std::uint16_t i = 2; i < 2002; ++i) b.on_packet(i, t0 + 32s + i * 1ms);

  EXPECT_EQ(take_all(b, t0 + 40s).size(), 2000u);
}

TEST(TransportFeedbackBuilder, ignores_duplicates_and_starts_over_after_a_huge_gap) {
  TransportFeedbackBuilder b;
  b.on_packet(10, t0);
  b.on_packet(10, t0 + 5ms);
  EXPECT_EQ(take_all(b, t0 + 20ms), (Statuses{{10, 64s}}));
  b.on_packet(10, t0 + 25ms);
  EXPECT_EQ(b.next_timeout(), kNever);
  b.on_packet(20'000, t0 + 100ms);

  EXPECT_EQ(take_all(b, t0 + 100ms), (Statuses{{20'000, 64s + 100ms}}));
}

TEST(TransportFeedbackBuilder, tells_the_truth_about_any_stream) {
  std::mt19937 rng(11);
  TransportFeedbackBuilder b;
  std::map<std::uint16_t, Duration> truth;
  std::map<std::uint16_t, std::optional<Duration>> told;
  std::array<std::byte, 1500> out;
  TimePoint now = t0;
  for (std::uint32_t i = 0; i < 8000; ++i) {
    now += Duration(rng() % 3000);
    if (rng() % 7 == 0) continue;
    const auto seq = static_cast<std::uint16_t>(60'000 + i);
    b.on_packet(seq, now);
    truth[seq] = now.time_since_epoch();
    if (now < b.next_timeout()) continue;
    while (const std::size_t n = b.poll(now, Ssrc(1), Ssrc(2), out)) {
      const auto v = parse_transport_feedback(Bytes(out).first(n));
      ASSERT_TRUE(v);
      v->for_each([&](std::uint16_t s, std::optional<Duration> at) { told[s] = at; });
    }
  }
  std::size_t received = 0;
  for (const auto& [seq, at] : told) {
    const auto it = truth.find(seq);
    ASSERT_EQ(at.has_value(), it != truth.end());
    if (!at) continue;
    ++received;
    ASSERT_LE(*at, it->second);
    ASSERT_LT(it->second - *at, kFeedbackTick);
  }
  EXPECT_GT(received, 6500u);
}

}  // namespace
}  // namespace plenum::rtcp
