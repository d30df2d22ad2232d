#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "control/egress_jobs.h"
#include "history/recorder.h"
#include "shard/messages.h"
#include "webhooks/sender.h"

namespace plenum::server {

/// What the kernel counts for this process.
struct ProcessSample {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t max_descriptors = 0;
  /// Unix seconds.
  double start_time = 0;
};
ProcessSample read_process();

/// Everything that one scrape reports.
struct MetricsSample {
  std::vector<shard::ShardSnapshot> shards;
  ProcessSample process;
  std::size_t rooms = 0;
  std::size_t participants = 0;
  /// Commands that a shard was too busy to take, ever.
  std::uint64_t commands_dropped = 0;
  /// Of signalling: sessions ended because the client sent too much, and joins answered with 429.
  std::uint64_t signalling_flooded = 0;
  std::uint64_t joins_limited = 0;
  std::uint64_t http_requests = 0;
  std::uint64_t http_malformed = 0;
  std::uint64_t http_timed_out = 0;
  std::uint64_t http_refused_full = 0;
  std::size_t http_connections = 0;
  control::EgressJobs::Load egress;
  history::Recorder::Counters recorded;
  webhooks::WebhookSender::Counters sent;
};

/// Prometheus text exposition format, version 0.0.4.
std::string metrics_text(const MetricsSample& sample);
inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace plenum::server
