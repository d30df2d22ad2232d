#include "media/rtp/arrival_stats.h"

#include <gtest/gtest.h>

namespace plenum::rtp {
namespace {

constexpr TimePoint t0{1000s};
constexpr std::uint64_t kFirst = 65536 + 100;

TEST(ReceptionStats, counts_what_is_lost_in_all_and_since_the_last_report) {
  ReceptionStats stats(90'000);
  for (std::uint64_t i = 0; i < 100; ++i)
    if (i % 4 != 3) stats.on_packet(ExtSeq(kFirst + i), RtpTime(0), t0);
  stats.on_packet(ExtSeq(kFirst + 100), RtpTime(0), t0);
  const auto first = stats.report(t0);
  for (std::uint64_t i = 101; i < 200; ++i) stats.on_packet(ExtSeq(kFirst + i), RtpTime(0), t0);
  const auto second = stats.report(t0);

  EXPECT_EQ(first.cumulative_lost, 25);
  EXPECT_EQ(first.fraction_lost, 25 * 256 / 101);
  EXPECT_EQ(first.highest_sequence, 200u);
  EXPECT_EQ(second.cumulative_lost, 25);
  EXPECT_EQ(second.fraction_lost, 0);
}

TEST(ReceptionStats, counts_cycles_from_zero) {
  ReceptionStats stats;
  stats.on_packet(ExtSeq(65536 + 65535), RtpTime(0), t0);
  stats.on_packet(ExtSeq(2 * 65536 + 4), RtpTime(0), t0);

  EXPECT_EQ(stats.report(t0).highest_sequence, 0x10004u);
}

TEST(ReceptionStats, reports_duplicates_as_negative_loss_not_as_a_fraction) {
  ReceptionStats stats;
  for (int i = 0; i < 10; ++i) stats.on_packet(ExtSeq(kFirst), RtpTime(0), t0);
  const auto r = stats.report(t0);

  EXPECT_EQ(r.cumulative_lost, -9);
  EXPECT_EQ(r.fraction_lost, 0);
}

TEST(ReceptionStats, does_not_count_a_packet_before_the_first_as_loss) {
  ReceptionStats stats;
  stats.on_packet(ExtSeq(kFirst), RtpTime(0), t0);
  stats.on_packet(ExtSeq(kFirst - 1), RtpTime(0), t0);
  const auto r = stats.report(t0);

  EXPECT_EQ(r.cumulative_lost, 0);
  EXPECT_EQ(r.fraction_lost, 0);
}

TEST(ReceptionStats, takes_a_retransmission_as_received) {
  ReceptionStats stats;
  stats.on_packet(ExtSeq(kFirst), RtpTime(0), t0);
  stats.on_packet(ExtSeq(kFirst + 2), RtpTime(0), t0);
  stats.on_recovered(ExtSeq(kFirst + 1));

  EXPECT_EQ(stats.report(t0).cumulative_lost, 0);
}

TEST(ReceptionStats, has_no_jitter_on_a_steady_stream) {
  ReceptionStats stats(90'000);
  for (std::uint32_t i = 0; i < 100; ++i)
    stats.on_packet(ExtSeq(kFirst + i), RtpTime(0xfffff000 + i * 900), t0 + i * 10ms);

  EXPECT_EQ(stats.report(t0).jitter, 0u);
}

TEST(ReceptionStats, approaches_the_mean_deviation) {
  // Every second packet 2 ms late: |D| is always 2 ms = 180 ticks.
  ReceptionStats stats(90'000);
  for (std::uint32_t i = 0; i < 500; ++i)
    stats.on_packet(ExtSeq(kFirst + i), RtpTime(i * 900), t0 + i * 10ms + (i % 2 ? 2ms : 0ms));

  EXPECT_NEAR(stats.report(t0).jitter, 180.0, 2.0);
  EXPECT_NEAR(static_cast<double>(stats.jitter().count()), 2000.0, 20.0);
}

TEST(ReceptionStats, is_not_confused_by_a_jump_of_the_media_clock) {
  ReceptionStats stats(90'000);
  stats.on_packet(ExtSeq(kFirst), RtpTime(0), t0);
  stats.on_packet(ExtSeq(kFirst + 1), RtpTime(0x40000000), t0 + 10ms);

  EXPECT_EQ(stats.report(t0).jitter, 0u);
}

TEST(ReceptionStats, takes_an_unknown_clock_rate_as_that_of_video) {
  ReceptionStats stats(0);
  stats.on_packet(ExtSeq(kFirst), RtpTime(0), t0);
  stats.on_packet(ExtSeq(kFirst + 1), RtpTime(900), t0 + 10ms);

  EXPECT_EQ(stats.jitter(), 0ms);
}

TEST(ReceptionStats, echoes_the_last_sender_report) {
  ReceptionStats stats;
  stats.on_packet(ExtSeq(kFirst), RtpTime(0), t0);
  EXPECT_EQ(stats.report(t0).lsr, 0u);
  stats.on_sender_report(NtpTime{0x0123456789abcdef}, t0);
  const auto r = stats.report(t0 + 1500ms);

  EXPECT_EQ(r.lsr, 0x456789abu);
  EXPECT_EQ(r.dlsr, 0x18000u);
}

}  // namespace
}  // namespace plenum::rtp
