#include "load/link_config.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace plenum::load {
namespace {

TEST(ParseLink, reads_every_setting) {
  const auto plan = parse_link(
      "loss=2%, burst=3,delay=50ms,jitter=10ms,jitter-shape=normal,rate=1mbit,queue=64kB,dup=0.1%,"
      "reorder=1%,reorder-by=1.5ms,mtu=1200,seed=7,blackhole=10s+5s,blackhole=1min+200ms/5s");

  ASSERT_TRUE(plan) << plan.error();
  EXPECT_EQ(plan->link, (LinkConfig{.delay = 50ms,
                                    .jitter = 10ms,
                                    .jitter_shape = JitterShape::normal,
                                    .loss = 0.02,
                                    .mean_burst = 3,
                                    .duplicate = 0.001,
                                    .reorder = 0.01,
                                    .reorder_by = 1500us,
                                    .rate_bps = 1'000'000,
                                    .queue = 300ms,
                                    .queue_bytes = 64'000,
                                    .mtu_bytes = 1200}));
  EXPECT_EQ(plan->seed, 7u);
  EXPECT_EQ(plan->blackholes, (std::vector<Blackhole>{{10s, 5s, 0s}, {60s, 200ms, 5s}}));
}

TEST(ParseLink, a_step_keeps_what_it_does_not_name) {
  const auto plan = parse_link("delay=50ms,at=40s:rate=2.5mbit,loss=1%,at=60s:rate=0,blackhole=on");

  ASSERT_TRUE(plan) << plan.error();
  const LinkConfig second{.delay = 50ms, .loss = 0.01, .rate_bps = 2'500'000};
  const LinkConfig third{.delay = 50ms, .loss = 0.01, .blackhole = true};
  EXPECT_EQ(plan->link, LinkConfig{.delay = 50ms});
  EXPECT_EQ(plan->steps, (std::vector<LinkPlan::Step>{{40s, second}, {60s, third}}));
}

TEST(ParseLink, nothing_is_a_perfect_link) { EXPECT_EQ(*parse_link("  "), LinkPlan{}); }

TEST(ParseLink, says_what_is_wrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"loss", "loss: a setting is written key=value"},
      {"los=2%", "los=2%: there is no such setting"},
      {"loss=2", "loss=2: takes a share from 0% to 100%"},
      {"loss=101%", "loss=101%: takes a share from 0% to 100%"},
      {"loss=-1%", "loss=-1%: takes a share from 0% to 100%"},
      {"loss=nan%", "loss=nan%: takes a share from 0% to 100%"},
      {"delay=50", "delay=50: takes a time such as 50ms, at most 24 hours"},
      {"delay=1e9s", "delay=1e9s: takes a time such as 50ms, at most 24 hours"},
      {"delay=99999999999s", "delay=99999999999s: takes a time such as 50ms, at most 24 hours"},
      {"burst=0.5", "burst=0.5: takes a mean number of packets from 1 to 1000000, or 0 for none"},
      {"rate=10bit", "rate=10bit: takes a rate from 1kbit to 100gbit, or 0 for no limit"},
      {"rate=1Mbps", "rate=1Mbps: takes a rate from 1kbit to 100gbit, or 0 for no limit"},
      {"mtu=20", "mtu=20: takes a number of bytes from 68 to 65535, or 0 for no limit"},
      {"loss=60%,burst=1", "loss and burst: so much loss needs longer bursts"},
      {"at=5s", "at=5s: a step is written at=TIME:key=value"},
      {"at=5s:loss=1%,at=5s:loss=2%", "at=5s:loss=2%: a step comes after the one before it"},
      {"at=5s:", ": a setting is written key=value"},
      {"at=5s:seed=3", "seed=3: takes a whole number, before the first step"},
      {"seed=-3", "seed=-3: takes a whole number, before the first step"},
      {"loss=1%,", "something has to follow the last comma"},
      {"loss=1%,,delay=1ms", ": a setting is written key=value"},
  };
  for (const auto& [text, why] : wrong) {
    const auto plan = parse_link(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_EQ(plan.error(), why);
  }
  for (const char* text : {"blackhole=10s", "blackhole=1s+0s", "blackhole=1s+5s/5s",
                           "blackhole=+5s", "at=1s:blackhole=1s+1s"})
    EXPECT_FALSE(parse_link(text)) << text;
}

}  // namespace
}  // namespace plenum::load
