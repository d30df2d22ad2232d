#include "egress/audio_timeline.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "egress/audio_testing.h"
#include "egress/clock_testing.h"

namespace plenum::egress {
namespace {

using namespace audio_testing;

constexpr TimePoint t0{1'000s};
constexpr Duration kDelay = 500ms;  // of the composition
constexpr Duration kWay = 40ms;     // of each packet, at least

/// A sound card and our time line: 20 ms of PCM a packet, each sample of which is `sound` at the
/// instant the card heard it.
struct Scene {
  TestSender sender{};
  ParticipantClock participant{};
  TestStream stream{.sender = sender, .first_timestamp = 77};
  StreamClock clock{participant, 48'000};
  AudioTimeline timeline{clock};
  Jitter jitter{0ms};
  std::function<float(TimePoint)> sound = [](TimePoint t) { return tone_at(1000, t); };
  std::function<bool(TimePoint)> is_sent = [](TimePoint) { return true; };
  std::function<Duration(TimePoint)> way = [](TimePoint) { return kWay; };
  /// Each packet, if there is no `sound`: an hour is soon over then.
  Pcm steady{.left = std::vector<float>(960, 0.25f), .right = std::vector<float>(960, 0.25f)};
  Duration report_each = 5s;
  TimePoint rendered = t0 - kDelay;
  std::int64_t card = 0;  // the card's samples so far
  std::multimap<TimePoint, std::int64_t> on_the_way{};
  std::set<std::int64_t> arrived{};     // the jitter buffer
  std::deque<std::int64_t> in_order{};  // what it still has to give
  Track heard{.begin = t0 - kDelay};
  bool keep = true;
  double worst = 0;  // ms off its place

  double card_rate() const { return 48'000 * (1 + stream.ppm / 1e6); }
  TimePoint instant(std::int64_t sample) const {
    return t0 + Duration(std::llround(static_cast<double>(sample) / card_rate() * 1e6));
  }
  RtpTime timestamp(std::int64_t sample) const {
    return RtpTime(stream.first_timestamp + static_cast<std::uint32_t>(sample));
  }
  void capture_until(TimePoint end) {
    for (; instant(card + 960) <= end; card += 960) {
      const TimePoint t = instant(card);
      if (report_each != 0s && (t - t0) / report_each != (t - 20ms - t0) / report_each)
        clock.handle_sender_report(sender.wall(t), timestamp(card), t + kWay);
      if (!is_sent(t)) continue;
      on_the_way.emplace(t + way(t) + jitter.next(), card);
      in_order.push_back(card);
    }
  }
  Pcm pcm(std::int64_t first) const {
    if (!sound) return steady;
    Pcm p;
    p.left.resize(960);
    for (int i = 0; i < 960; ++i) p.left[static_cast<std::size_t>(i)] = sound(instant(first + i));
    p.right = p.left;
    return p;
  }
  double clock_error() const {
    if (!clock.started()) return 0;
    return ms(clock.capture_time(timestamp(card)) - (instant(card) + kWay));
  }
  void run(Duration length) {
    worst = 0;
    for (const TimePoint end = rendered + length; rendered < end; rendered += kBlockDuration) {
      const TimePoint now = rendered + kDelay;
      capture_until(now);
      for (; !on_the_way.empty() && on_the_way.begin()->first <= now;
           on_the_way.erase(on_the_way.begin())) {
        const auto [arrival, first] = *on_the_way.begin();
        clock.handle_packet(timestamp(first), arrival);
        arrived.insert(first);
      }
      for (; !in_order.empty() && arrived.erase(in_order.front()) > 0; in_order.pop_front())
        timeline.push(timestamp(in_order.front()), 0, pcm(in_order.front()));
      AudioBlock block;
      const bool any = timeline.render(rendered, block);
      worst = std::max(worst, std::abs(ms(timeline.off_place())) + std::abs(clock_error()));
      if (!keep) continue;
      if (any)
        heard.add(block);
      else
        heard.add_silence();
    }
  }
};

TEST(AudioTimeline, plays_each_sound_at_the_instant_it_was_captured) {
  Scene s;
  s.sound = beeps_at;
  s.run(10s);

  EXPECT_LE(s.heard.beeps_off(t0 + 1s, t0 + 9s, kWay, 0.01f), 0.2);
  EXPECT_EQ(s.timeline.counters().placed, 1u);
}

TEST(AudioTimeline, gives_what_it_was_given) {
  Scene s;
  s.run(3s);

  const auto steady = s.heard.between(t0 + 1s, t0 + 2s);
  for (std::size_t i = 0; i < steady.size(); ++i) {
    const TimePoint t = t0 + 1s + samples_to_duration(static_cast<std::int64_t>(i)) - kWay;
    ASSERT_NEAR(steady[i], tone_at(1000, t), 0.004) << i;
  }
}

#ifdef __SANITIZE_ADDRESS__
constexpr Duration kHour = 10min;  // where each sample costs five times as much
#else
constexpr Duration kHour = 60min;
#endif

void expect_in_place(double ppm, Duration length) {
  Scene s;
  s.stream.ppm = ppm;
  s.jitter = Jitter(50ms);
  s.keep = false;
  s.sound = nullptr;
  s.run(2s);
  s.run(length);

  EXPECT_LE(s.worst, 15) << ppm;
  EXPECT_EQ(s.timeline.counters().underruns, 0u);
  EXPECT_EQ(s.timeline.counters().late, 0u);
  EXPECT_EQ(s.timeline.counters().placed, 1u);
}

TEST(AudioTimeline, a_sound_card_300_ppm_too_fast_stays_in_place_for_an_hour) {
  expect_in_place(300, kHour);
}

TEST(AudioTimeline, a_sound_card_300_ppm_too_slow_stays_in_place) { expect_in_place(-300, 5min); }

TEST(AudioTimeline, a_skewed_sound_card_is_heard_in_place) {
  Scene s;
  s.stream.ppm = 300;
  s.sound = beeps_at;
  s.run(60s);

  EXPECT_LE(s.heard.beeps_off(t0 + 30s, t0 + 59s, kWay, 0.01f), 5);
}

TEST(AudioTimeline, needs_no_report_and_minds_no_jitter) {
  Scene s;
  s.report_each = 0s;
  s.jitter = Jitter(200ms);
  s.sound = beeps_at;
  s.run(30s);

  EXPECT_LE(s.heard.beeps_off(t0 + 5s, t0 + 29s, kWay, 0.01f), 15);
  EXPECT_EQ(s.timeline.counters().underruns, 0u);
}

TEST(AudioTimeline, fades_in_and_out_of_pauses_and_keeps_their_length) {
  Scene s;
  s.is_sent = [](TimePoint t) { return (t - t0) % 1s < 600ms; };
  s.run(5s);

  EXPECT_LE(s.heard.steepest(), 0.07f);  // 2π · 1000 / 48000 · 0.5
  EXPECT_EQ(s.timeline.counters().underruns, 0u);
  EXPECT_EQ(s.timeline.counters().placed, 5u);
  for (TimePoint t = t0 + 1s; t < t0 + 4s; t += 1s) {
    const auto onset = s.heard.onset(t - 100ms, 0.001f);
    ASSERT_TRUE(onset);
    EXPECT_LE(std::abs(ms(*onset - (t + kWay))), 1);
    EXPECT_NEAR(amplitude_of(1000, s.heard.between(t + 100ms, t + 500ms)), 0.5, 0.01);
    EXPECT_EQ(amplitude_of(1000, s.heard.between(t + 650ms, t + 1s)), 0);
  }
}

TEST(AudioTimeline, moves_without_a_click_when_the_clock_moves) {
  Scene s;
  s.run(3s);
  s.stream.first_timestamp += 48'000 / 5;  // the timestamps leap by 200 ms
  s.run(3s);
  s.stream.first_timestamp += 0x5000'0000;
  s.run(3s);

  EXPECT_LE(s.heard.steepest(), 0.07f);
  EXPECT_GE(s.timeline.counters().placed, 2u);
  EXPECT_NEAR(amplitude_of(1000, s.heard.between(t0 + 7s, t0 + 8s)), 0.5, 0.01);
}

TEST(AudioTimeline, plays_late_what_always_comes_too_late) {
  Scene s;
  s.run(2s);
  s.way = [](TimePoint) { return 900ms; };
  s.run(5s);

  EXPECT_NEAR(amplitude_of(1000, s.heard.between(t0 + 5s, t0 + 6s)), 0.5, 0.02);
  EXPECT_LE(s.heard.steepest(), 0.07f);
}

TEST(AudioTimeline, an_outage_moves_nothing_that_comes_after_it) {
  Scene s;
  s.sound = beeps_at;
  s.way = [](TimePoint t) {  // 2 s of it come at once
    return t >= t0 + 3s && t < t0 + 5s ? t0 + 5s + kWay - t : kWay;
  };
  s.run(10s);

  EXPECT_LE(s.heard.beeps_off(t0 + 6s, t0 + 9s, kWay, 0.01f), 1);
}

TEST(AudioTimeline, keeps_no_more_than_five_seconds_and_nothing_from_the_far_future) {
  Scene s;
  s.clock.handle_packet(RtpTime(0), t0);
  for (std::uint32_t i = 0; i < 1000; ++i) s.timeline.push(RtpTime(i * 960), 0, s.pcm(0));
  EXPECT_LE(s.timeline.level(), 5u * 48'000);

  s.timeline.push(RtpTime(0x7000'0000), 0, s.pcm(0));
  AudioBlock block;
  for (TimePoint t = t0; t < t0 + 25s; t += kBlockDuration) s.timeline.render(t, block);
  EXPECT_EQ(s.timeline.level(), 0u);
}

}  // namespace
}  // namespace plenum::egress
