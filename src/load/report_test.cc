#include "load/report.h"

#include <gtest/gtest.h>

#include "load/report_html.h"

namespace plenum::load {
namespace {

RunResult two_visits() {
  RunResult r;
  Visit good;
  good.identity = "s1";
  good.subscribes = true;
  good.joined = 40ms;
  good.first_frame = 90ms;
  good.connected = 10s;
  good.received.packets = 990;
  good.received.lost = 10;
  good.received.bytes = 1'250'000;
  good.received.frames = 300;
  good.received.video_delay.add(5'000);
  Visit bad;
  bad.identity = "s2";
  bad.subscribes = true;
  bad.failure = "refused with status 401: <b>no</b>";
  r.visits = {good, bad};
  r.samples = {{.at = 1s, .joined = 1, .failed = 1, .received_bps = 1'000'000}};
  return r;
}

TEST(Report, counts_failures_apart_and_rates_over_the_time_connected) {
  const auto report = report_json({}, two_visits());
  const auto& join = report.at("join").as_object();
  const auto& receive = report.at("receive").as_object();

  EXPECT_EQ(join.at("joined").to_number<int>(), 1);
  EXPECT_EQ(join.at("failed").to_number<int>(), 1);
  EXPECT_EQ(join.at("connected").at("p50_ms").to_number<double>(), 40);
  EXPECT_EQ(receive.at("loss_percent").to_number<double>(), 1);
  EXPECT_EQ(receive.at("bitrate").at("p50_kbps").to_number<double>(), 1000);
  EXPECT_EQ(receive.at("video_delay").at("max_ms").to_number<double>(), 5);
}

TEST(Report, an_empty_run_has_all_fields) {
  const auto report = report_json({}, {});

  EXPECT_EQ(report.at("receive").at("video_delay").at("count").to_number<int>(), 0);
  EXPECT_NE(report_text(report).find("joined"), std::string::npos);
  EXPECT_NE(report_html(report).find("</html>"), std::string::npos);
}

TEST(Report, what_a_server_said_cannot_become_html) {
  const std::string html = report_html(report_json({}, two_visits()));

  EXPECT_EQ(html.find("<b>no"), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;no"), std::string::npos);
}

}  // namespace
}  // namespace plenum::load
