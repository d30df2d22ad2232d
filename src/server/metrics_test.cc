#include "server/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace plenum::server {
namespace {

using testing::HasSubstr;

MetricsSample two_shards() {
  MetricsSample sample;
  sample.shards.resize(2);
  sample.shards[1].shard = ShardId(1);
  sample.shards[1].counters.packets_in = 12345678901234567890u;
  sample.shards[0].counters.dropped_auth = 7;
  sample.rooms = 3;
  return sample;
}

TEST(Metrics, label_each_shard_and_reason) {
  const std::string text = metrics_text(two_shards());

  EXPECT_THAT(text,
              HasSubstr("\nplenum_packets_received_total{shard=\"1\"} 12345678901234567890\n"));
  EXPECT_THAT(text, HasSubstr("\nplenum_dropped_total{shard=\"0\",reason=\"auth\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("\nplenum_rooms 3\n"));
}

TEST(Metrics, declare_each_name_once_and_keep_its_lines_together) {
  std::istringstream lines(metrics_text(two_shards()));
  std::set<std::string> declared;
  std::string current;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      current = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(declared.insert(current).second) << current;
    } else if (!line.starts_with('#')) {
      EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), current);
    }
  }
  EXPECT_GT(declared.size(), 20u);
}

TEST(Metrics, know_this_process) {
  const ProcessSample p = read_process();

  EXPECT_GT(p.resident_bytes, 1'000'000u);
  EXPECT_GE(p.open_descriptors, 3u);
  EXPECT_GE(p.max_descriptors, p.open_descriptors);
  EXPECT_GT(p.start_time, 1.6e9);
}

}  // namespace
}  // namespace plenum::server
