#include "load/link_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "load/in_flight.h"

namespace plenum::load {
namespace {

constexpr TimePoint t0{1h};
constexpr std::size_t kSize = 1000;

LinkModel link(std::string_view text) { return {*parse_link(text), t0}; }

/// One packet of kSize bytes each `gap`.
std::vector<Verdict> send(LinkModel& model, int packets, Duration gap, TimePoint from = t0) {
  std::vector<Verdict> verdicts;
  for (int i = 0; i < packets; ++i) verdicts.push_back(model.on_packet(kSize, from + i * gap));
  return verdicts;
}

double share(const std::vector<Verdict>& verdicts, Fate fate) {
  const auto n = std::ranges::count(verdicts, fate, &Verdict::fate);
  return static_cast<double>(n) / static_cast<double>(verdicts.size());
}

double mean_burst(const std::vector<Verdict>& verdicts) {
  int lost = 0, bursts = 0;
  bool before = false;
  for (const Verdict& v : verdicts) {
    const bool is_lost = v.fate == Fate::lost;
    lost += is_lost;
    bursts += is_lost && !before;
    before = is_lost;
  }
  return static_cast<double>(lost) / bursts;
}

TEST(LinkModel, a_perfect_link_hands_over_at_once) {
  auto model = link("");

  const Verdict v = model.on_packet(65535, t0 + 3ms);

  EXPECT_EQ(v.fate, Fate::delivered);
  EXPECT_EQ(v.at, t0 + 3ms);
  EXPECT_EQ(v.copies, 1);
}

TEST(LinkModel, loses_the_share_it_was_told) {
  auto model = link("loss=2%");
  const auto verdicts = send(model, 100'000, 1ms);

  EXPECT_GT(share(verdicts, Fate::lost), 0.018);
  EXPECT_LT(share(verdicts, Fate::lost), 0.022);
  EXPECT_NEAR(mean_burst(verdicts), 1 / 0.98, 0.02);
}

TEST(LinkModel, loses_in_bursts_of_the_mean_length_and_the_same_share) {
  auto model = link("loss=2%,burst=5");
  const auto verdicts = send(model, 1'000'000, 1ms);

  EXPECT_NEAR(share(verdicts, Fate::lost), 0.02, 0.001);
  EXPECT_NEAR(mean_burst(verdicts), 5, 0.15);
}

TEST(LinkModel, the_same_seed_gives_the_same_and_another_seed_something_else) {
  const std::string text = "loss=5%,burst=2,delay=20ms,jitter=9ms,dup=2%,reorder=3%,rate=9mbit";
  const auto history = [&](const char* seed) {
    auto model = link(text + seed);
    std::vector<Duration> at;
    for (const Verdict& v : send(model, 10'000, 1ms)) at.push_back(v.at.time_since_epoch());
    return at;
  };

  EXPECT_EQ(history(",seed=7"), history(",seed=7"));
  EXPECT_NE(history(",seed=7"), history(",seed=8"));
}

TEST(LinkModel, the_rate_is_the_throughput_and_the_queue_caps_the_wait) {
  auto model = link("rate=1mbit,queue=300ms");
  const auto verdicts = send(model, 25'000, 4ms);  // 2 Mbit/s for 100 s

  const double passed = (1 - share(verdicts, Fate::queue_full)) * 25'000 * kSize * 8;
  EXPECT_NEAR(passed / 100, 1e6, 1e4);
  Duration longest{};
  for (std::size_t i = 0; i < verdicts.size(); ++i)
    if (verdicts[i].copies) longest = std::max(longest, verdicts[i].at - t0 - int(i) * 4ms);
  EXPECT_LE(longest, 300ms + 8ms);  // and its own transmission
  EXPECT_GT(longest, 290ms);
  EXPECT_LE(model.counters().longest_queue, 300ms);
}

TEST(LinkModel, a_high_rate_is_as_exact) {
  auto model = link("rate=1gbit,queue=64kB");
  const auto verdicts = send(model, 100'000, 5us);  // 1.6 Gbit/s for half a second

  EXPECT_NEAR((1 - share(verdicts, Fate::queue_full)) * 1.6e9, 1e9, 1e7);
  EXPECT_LE(model.counters().longest_queue, 512us);
}

TEST(LinkModel, jitter_keeps_the_order_unless_reordering_was_asked_for) {
  for (const char* text :
       {"delay=50ms,jitter=30ms", "delay=50ms,jitter=20ms,jitter-shape=normal"}) {
    auto model = link(text);
    const auto verdicts = send(model, 10'000, 7ms);

    EXPECT_TRUE(std::ranges::is_sorted(verdicts, {}, &Verdict::at)) << text;
  }
  auto model = link("delay=50ms,reorder=5%,reorder-by=40ms");
  const auto verdicts = send(model, 10'000, 7ms);
  int overtaken = 0;
  for (std::size_t i = 1; i < verdicts.size(); ++i)
    overtaken += verdicts[i].at < verdicts[i - 1].at;

  EXPECT_NEAR(overtaken, 10'000 * 0.05 * 0.95 * 33 / 40, 60);
}

TEST(LinkModel, jitter_has_the_shape_it_was_told) {
  double sum = 0, squares = 0;
  auto uniform = link("delay=50ms,jitter=30ms"),
       normal = link("delay=50ms,jitter=10ms,jitter-shape=normal");
  const auto of_uniform = send(uniform, 20'000, 100ms), of_normal = send(normal, 20'000, 100ms);
  for (int i = 0; i < 20'000; ++i) {
    const auto flat = of_uniform[std::size_t(i)].at - t0 - i * 100ms;
    EXPECT_TRUE(flat >= 50ms && flat <= 80ms);
    sum += double(flat.count());
    const auto bell = double((of_normal[std::size_t(i)].at - t0 - i * 100ms - 50ms).count());
    squares += bell * bell;
  }

  EXPECT_NEAR(sum / 20'000, 65'000, 300);
  EXPECT_NEAR(std::sqrt(squares / 20'000), 10'000, 200);
}

TEST(LinkModel, duplicates_the_share_it_was_told) {
  auto model = link("dup=2%");
  const auto verdicts = send(model, 100'000, 1ms);

  EXPECT_NEAR(double(std::ranges::count(verdicts, 2, &Verdict::copies)), 2000, 200);
}

TEST(LinkModel, packets_longer_than_the_mtu_are_dropped) {
  auto model = link("mtu=1280");

  EXPECT_EQ(model.on_packet(1280, t0).fate, Fate::delivered);
  EXPECT_EQ(model.on_packet(1281, t0).fate, Fate::too_long);
}

TEST(LinkModel, nothing_passes_a_blackhole_and_it_comes_again) {
  auto model = link("blackhole=10s+200ms/5s");
  const auto fate = [&](Duration at) { return model.on_packet(kSize, t0 + at).fate; };

  EXPECT_EQ(fate(9999ms), Fate::delivered);
  EXPECT_EQ(fate(10s), Fate::blackhole);
  EXPECT_EQ(fate(10199ms), Fate::blackhole);
  EXPECT_EQ(fate(10200ms), Fate::delivered);
  EXPECT_EQ(fate(15100ms), Fate::blackhole);
  EXPECT_EQ(model.stream_room(t0 + 20100ms), 0u);
  EXPECT_GT(model.stream_room(t0 + 20200ms), 0u);
}

TEST(LinkModel, the_rate_follows_the_schedule) {
  auto model = link("rate=1mbit,at=40s:rate=2.5mbit,at=60s:rate=0.6mbit,at=80s:rate=1mbit");
  const auto verdicts = send(model, 50'000, 2ms);  // 4 Mbit/s for 100 s
  const auto mbit = [&](int from_s, int to_s) {
    double bits = 0;
    for (const Verdict& v : verdicts)
      if (v.copies && v.at >= t0 + from_s * 1s && v.at < t0 + to_s * 1s) bits += kSize * 8;
    return bits / 1e6 / (to_s - from_s);
  };

  EXPECT_NEAR(mbit(1, 40), 1, 0.01);
  EXPECT_NEAR(mbit(41, 60), 2.5, 0.025);
  EXPECT_NEAR(mbit(61, 80), 0.6, 0.006);
  EXPECT_NEAR(mbit(81, 100), 1, 0.01);
}

TEST(LinkModel, a_change_holds_in_the_steps_to_come_and_the_schedule_goes_on) {
  auto model = link("delay=10ms,blackhole=30s+1s,at=20s:delay=20ms");

  ASSERT_TRUE(model.change("mtu=900", t0 + 5s));
  ASSERT_TRUE(model.change("blackhole=2s+1s", t0 + 6s));
  EXPECT_EQ(model.on_packet(800, t0 + 7s).at, t0 + 7s + 10ms);
  EXPECT_EQ(model.on_packet(800, t0 + 8s).fate, Fate::blackhole);
  EXPECT_EQ(model.on_packet(800, t0 + 20s).at, t0 + 20s + 20ms);
  EXPECT_EQ(model.on_packet(901, t0 + 20s).fate, Fate::too_long);
  EXPECT_EQ(model.on_packet(800, t0 + 30s).fate, Fate::blackhole);
  EXPECT_EQ(model.change("delay=never", t0 + 31s).error(),
            "delay=never: takes a time such as 50ms, at most 24 hours");
  EXPECT_EQ(model.on_packet(800, t0 + 32s).at, t0 + 32s + 20ms);
}

TEST(LinkModel, streams_share_the_rate_with_packets_and_lose_nothing) {
  auto model = link("rate=1mbit,queue=100ms,delay=5ms,loss=100%");

  EXPECT_EQ(model.stream_room(t0), 12'500u);
  EXPECT_EQ(model.on_stream(12'500, t0), t0 + 105ms);
  EXPECT_EQ(model.stream_room(t0 + 50ms), 6250u);
  EXPECT_EQ(model.queueing(t0 + 50ms), 50ms);
  EXPECT_EQ(model.on_packet(kSize, t0 + 50ms).fate, Fate::lost);
  ASSERT_TRUE(model.change("loss=0", t0 + 60ms));
  EXPECT_EQ(model.on_packet(kSize, t0 + 60ms).at, t0 + 113ms);
}

TEST(InFlight, hands_over_by_time_and_then_in_order) {
  InFlight<int> on_their_way;
  on_their_way.push(t0 + 2ms, 1);
  on_their_way.push(t0 + 1ms, 2);
  on_their_way.push(t0 + 2ms, 3);

  EXPECT_EQ(on_their_way.next_arrival(), t0 + 1ms);
  EXPECT_EQ(on_their_way.pop(t0), std::nullopt);
  EXPECT_EQ(on_their_way.pop(t0 + 5ms), 2);
  EXPECT_EQ(on_their_way.pop(t0 + 5ms), 1);
  EXPECT_EQ(on_their_way.pop(t0 + 5ms), 3);
  EXPECT_EQ(on_their_way.next_arrival(), kNever);
}

}  // namespace
}  // namespace plenum::load
