#include "egress/stream_clock.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "egress/clock_testing.h"

namespace plenum::egress {
namespace {

using namespace audio_testing;

constexpr TimePoint t0{1'000s};

/// One audio stream on its way: a packet each 20 ms of media, 40 ms of delay, a report each 5 s.
struct Scene {
  TestSender sender{};
  ParticipantClock participant{};
  TestStream stream{sender};
  StreamClock clock{participant, 48'000};
  Jitter jitter{0ms};
  bool reports = true;
  Duration delay = 40ms;
  TimePoint now = t0;
  double worst = 0;  // ms between a capture time and the true one plus the delay

  double error(TimePoint t) const {
    return ms(clock.capture_time(stream.timestamp(t)) - (t + delay));
  }
  void run(Duration length) {
    worst = 0;
    for (const TimePoint end = now + length; now < end; now += 20ms) {
      if (reports && (now - t0) % 5s == 0ms) stream.report(clock, now, delay);
      clock.handle_packet(stream.timestamp(now), now + delay + jitter.next());
      worst = std::max(worst, std::abs(error(now)));
    }
  }
};

TEST(StreamClock, places_media_by_its_arrival_while_there_is_no_report) {
  Scene s;
  s.reports = false;
  s.jitter = Jitter(50ms);
  s.run(2s);
  s.run(60s);

  EXPECT_LE(s.worst, 3);
  EXPECT_FALSE(s.clock.is_synchronized());
}

TEST(StreamClock, finds_the_least_delay_before_anything_is_shown) {
  Scene s;
  s.jitter = Jitter(200ms);
  s.clock.handle_packet(s.stream.timestamp(t0), t0 + 240ms);
  s.now += 20ms;
  s.run(480ms);
  s.run(60s);

  EXPECT_LE(s.worst, 20);
  EXPECT_LE(std::abs(s.error(s.now)), 3);
}

TEST(StreamClock, follows_any_clock_within_300_ppm) {
  for (const bool reports : {true, false})
    for (const double ppm : {300.0, -300.0}) {
      Scene s;
      s.reports = reports;
      s.jitter = Jitter(50ms);
      s.sender.wall_ppm = -ppm / 3;
      s.stream.ppm = ppm;
      s.run(1s);
      s.run(20min);
      EXPECT_LE(s.worst, 5) << reports << " " << ppm;
    }
}

TEST(StreamClock, does_not_mind_where_the_wall_clock_of_the_sender_stands) {
  for (const std::uint64_t ntp : {1ull << 32, 0xffff'ffff'0000'0000ull, 0x8000'0000'0000'0000ull}) {
    Scene s;
    s.sender.wall_at_zero = NtpTime{ntp};
    s.run(20s);
    EXPECT_LE(s.worst, 1) << ntp;
    EXPECT_TRUE(s.clock.is_synchronized());
  }
}

TEST(StreamClock, follows_timestamps_across_their_wrap) {
  Scene s;
  s.stream.first_timestamp = 0xffff'ffff - s.stream.timestamp(t0 + 7s).value();
  s.run(20s);

  EXPECT_LE(s.worst, 1);
}

/// Two streams of a participant: the video is encoded 70 ms longer than the audio.
struct LipSync {
  TestSender sender{};
  ParticipantClock participant{};
  TestStream audio{.sender = sender, .first_timestamp = 123};
  TestStream video{.sender = sender, .rate = 90'000, .first_timestamp = 0xfff0'0000};
  StreamClock audio_clock{participant, 48'000}, video_clock{participant, 90'000};
  Jitter jitter{20ms};
  TimePoint now = t0;
  TimePoint audio_reports = t0, video_reports = t0;
  double worst_leap = 0, worst_apart = 0;  // ms

  double apart(TimePoint t) const {
    return ms(video_clock.capture_time(video.timestamp(t)) -
              audio_clock.capture_time(audio.timestamp(t)));
  }
  void run(Duration length) {
    worst_leap = worst_apart = 0;
    for (const TimePoint end = now + length; now < end; now += 20ms) {
      if (now >= audio_reports && (now - t0) % 5s == 0ms) audio.report(audio_clock, now, 40ms);
      if (now >= video_reports && (now - t0) % 1s == 0ms) video.report(video_clock, now, 50ms);
      step(audio_clock, audio, 60ms);
      step(video_clock, video, 130ms);
      worst_apart = std::max(worst_apart, std::abs(apart(now)));
    }
  }
  void step(StreamClock& clock, const TestStream& stream, Duration delay) {
    const TimePoint before = clock.started() ? clock.capture_time(stream.timestamp(now)) : now;
    clock.handle_packet(stream.timestamp(now), now + delay + jitter.next());
    if (now > t0 + 500ms)
      worst_leap =
          std::max(worst_leap, std::abs(ms(clock.capture_time(stream.timestamp(now)) - before)));
  }
};

TEST(StreamClock, brings_the_streams_of_a_participant_together_by_their_reports) {
  LipSync s;
  s.run(20s);
  s.run(30s);

  EXPECT_LE(s.worst_apart, 1);
}

TEST(StreamClock, moves_slowly_when_the_first_report_is_late) {
  LipSync s;
  s.audio_reports = s.video_reports = t0 + 5s;
  s.run(5s);
  EXPECT_GE(s.worst_apart, 50);
  s.run(2s);
  EXPECT_GE(s.worst_apart, 50);
  EXPECT_LE(s.worst_leap, 0.3);  // in 20 ms: 5 ms/s, and the drift of the least delay as much
  s.run(30s);

  EXPECT_LE(std::abs(s.apart(s.now)), 1);
  EXPECT_LE(s.worst_leap, 0.3);
}

TEST(StreamClock, stays_together_when_the_sender_sets_its_clock) {
  LipSync s;
  s.run(30s);
  s.sender.wall_at_zero = ntp_add(s.sender.wall_at_zero, -1h);
  s.run(60s);
  EXPECT_LE(s.worst_apart, 2);
  EXPECT_LE(s.worst_leap, 0.3);

  s.run(30s);
  EXPECT_TRUE(s.audio_clock.is_synchronized() && s.video_clock.is_synchronized());
  EXPECT_LE(s.worst_apart, 2);
}

TEST(StreamClock, one_stream_with_a_wall_clock_of_its_own_is_placed_by_arrival) {
  LipSync s;
  s.video.report(s.video_clock, t0, 50ms);
  s.run(10s);
  TestSender other{.wall_at_zero = NtpTime{0x1234'0000'0000'0000}};
  TestStream strange{.sender = other, .first_timestamp = 5};
  StreamClock clock(s.participant, 48'000);
  for (int i = 0; i < 500; ++i, s.now += 20ms) {
    if (i % 50 == 0) strange.report(clock, s.now, 40ms);
    clock.handle_packet(strange.timestamp(s.now), s.now + 60ms);
    s.audio.report(s.audio_clock, s.now, 40ms);
  }

  EXPECT_FALSE(clock.is_synchronized());
  EXPECT_TRUE(s.audio_clock.is_synchronized());
  EXPECT_LE(std::abs(ms(clock.capture_time(strange.timestamp(s.now)) - (s.now + 60ms))), 1);
}

TEST(StreamClock, does_not_believe_reports_that_make_no_sense) {
  Scene s;
  s.run(12s);
  double worst = 0;
  std::mt19937_64 rng(3);
  for (int i = 0; i < 20; ++i) {
    s.clock.handle_sender_report(NtpTime{i % 2 ? rng() : 0}, s.stream.timestamp(s.now),
                                 s.now + s.delay);
    s.clock.handle_sender_report(s.sender.wall(s.now), RtpTime(static_cast<std::uint32_t>(rng())),
                                 s.now + s.delay);
    s.run(1s);
    worst = std::max(worst, s.worst);
  }

  EXPECT_LE(worst, 1);
  EXPECT_TRUE(s.clock.is_synchronized());
}

TEST(StreamClock, is_not_lost_when_the_first_report_is_garbage) {
  LipSync s;
  s.audio_clock.handle_packet(s.audio.timestamp(t0), t0 + 60ms);
  s.audio_clock.handle_sender_report(NtpTime{42}, s.audio.timestamp(t0), t0 + 60ms);
  s.audio_reports = t0 + 1s;
  s.run(60s);
  s.run(10s);

  EXPECT_TRUE(s.audio_clock.is_synchronized() && s.video_clock.is_synchronized());
  EXPECT_LE(s.worst_apart, 2);
}

TEST(StreamClock, goes_on_when_the_stream_begins_anew_with_another_timestamp) {
  Scene s;
  s.run(10s);
  const RtpTime waiting = s.stream.timestamp(s.now - 100ms);
  const TimePoint its_place = s.clock.capture_time(waiting);
  s.stream.first_timestamp += 0x7654'3210;
  s.run(100ms);
  EXPECT_EQ(s.clock.capture_time(waiting), its_place);  // still in a jitter buffer
  EXPECT_LE(s.worst, 1);

  s.run(20s);
  EXPECT_LE(s.worst, 1);
  EXPECT_TRUE(s.clock.is_synchronized());
}

TEST(StreamClock, goes_on_after_a_pause_that_the_timestamps_do_not_tell_of) {
  Scene s;
  s.reports = false;
  s.run(10s);
  s.now += 4s;
  s.stream.first_timestamp -= 4 * 48'000;
  s.run(400ms);
  s.run(10s);

  EXPECT_LE(s.worst, 1);
}

TEST(StreamClock, takes_a_burst_after_an_outage_for_what_it_is) {
  Scene s;
  s.run(10s);
  const TimePoint back = s.now + 3s;
  for (; s.now < back; s.now += 20ms)
    s.clock.handle_packet(s.stream.timestamp(s.now), back + (s.now - back) / 10 + 300ms + s.delay);
  EXPECT_LE(std::abs(s.error(back - 2s)), 1);

  s.now = back + 300ms;
  s.run(5s);
  EXPECT_LE(s.worst, 1);
}

TEST(StreamClock, survives_any_numbers) {
  Scene s;
  std::mt19937_64 rng(9);
  TimePoint now = t0;
  for (int i = 0; i < 20'000; ++i) {
    const RtpTime any(static_cast<std::uint32_t>(rng()));
    if (rng() % 4 == 0) s.clock.handle_sender_report(NtpTime{rng()}, any, now);
    s.clock.handle_packet(rng() % 2 ? any : s.stream.timestamp(now), now);
    (void)s.clock.capture_time(any);
    now += Duration(static_cast<std::int64_t>(rng() % 40'000));
  }
  s.now = now;
  s.run(2min);
  s.run(1s);

  EXPECT_LE(s.worst, 5);
}

}  // namespace
}  // namespace plenum::egress
