#include "server/metrics.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace plenum::server {
namespace {

using shard::Counters;

struct CounterRow {
  std::uint64_t Counters::*member;
  const char* name;
  const char* labels;
  const char* help;
};

// Rows of one name stand together, as the format demands; the first one's help is printed.
constexpr CounterRow kCounters[] = {
    {&Counters::packets_in, "plenum_packets_received_total", "", "Datagrams received"},
    {&Counters::bytes_in, "plenum_bytes_received_total", "", "Bytes received in datagrams"},
    {&Counters::packets_out, "plenum_packets_sent_total", "", "Datagrams sent"},
    {&Counters::bytes_out, "plenum_bytes_sent_total", "", "Bytes sent in datagrams"},
    {&Counters::rtp_in, "plenum_rtp_received_total", "", "RTP packets accepted"},
    {&Counters::rtp_out, "plenum_rtp_sent_total", "", "RTP packets forwarded"},
    {&Counters::rtx_out, "plenum_rtx_sent_total", "", "RTP packets sent again"},
    {&Counters::nacks_in, "plenum_nacks_received_total", "", "Sequence numbers asked of us"},
    {&Counters::nacks_out, "plenum_nacks_sent_total", "", "Sequence numbers we asked for"},
    {&Counters::plis_in, "plenum_plis_received_total", "", "Key frames asked of us"},
    {&Counters::plis_out, "plenum_plis_sent_total", "", "Key frames we asked for"},
    {&Counters::dropped_unknown_sender, "plenum_dropped_total", "reason=\"unknown_sender\"",
     "Packets received and not used"},
    {&Counters::dropped_auth, "plenum_dropped_total", "reason=\"auth\"", ""},
    {&Counters::dropped_replay, "plenum_dropped_total", "reason=\"replay\"", ""},
    {&Counters::dropped_malformed, "plenum_dropped_total", "reason=\"malformed\"", ""},
    {&Counters::dropped_unknown_ssrc, "plenum_dropped_total", "reason=\"unknown_ssrc\"", ""},
    {&Counters::dropped_relay_full, "plenum_dropped_total", "reason=\"relay_full\"", ""},
    {&Counters::dropped_tap_full, "plenum_dropped_total", "reason=\"tap_full\"", ""},
    {&Counters::dropped_data_rate, "plenum_dropped_total", "reason=\"data_rate\"", ""},
    {&Counters::dropped_data_behind, "plenum_dropped_total", "reason=\"data_behind\"", ""},
    {&Counters::send_errors, "plenum_send_errors_total", "", "Datagrams the kernel refused"},
    {&Counters::dtls_failures, "plenum_dtls_failures_total", "", "DTLS handshakes that failed"},
    {&Counters::stalls, "plenum_stalls_total", "", "Turns of a shard longer than 100 ms"},
};
constexpr CounterRow kGauges[] = {
    {&Counters::peers, "plenum_peers", "", "Peer connections"},
    {&Counters::tracks, "plenum_tracks", "", "Published tracks"},
    {&Counters::subscriptions, "plenum_subscriptions", "", "Tracks being forwarded to someone"},
};

void head(std::string& out, const char* name, const char* type, const char* help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <class T>
void single(std::string& out, const char* name, const char* type, const char* help, T value) {
  head(out, name, type, help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

void rows(std::string& out, const MetricsSample& sample, const CounterRow& row, const char* type) {
  if (*row.help) head(out, row.name, type, row.help);
  for (const shard::ShardSnapshot& s : sample.shards)
    fmt::format_to(std::back_inserter(out), "{}{{shard=\"{}\"{}{}}} {}\n", row.name,
                   s.shard.value(), *row.labels ? "," : "", row.labels, s.counters.*row.member);
}

void process_rows(std::string& out, const ProcessSample& p) {
  single(out, "process_cpu_seconds_total", "counter", "User and system time", p.cpu_seconds);
  single(out, "process_resident_memory_bytes", "gauge", "Resident memory", p.resident_bytes);
  single(out, "process_open_fds", "gauge", "Open file descriptors", p.open_descriptors);
  single(out, "process_max_fds", "gauge", "Allowed file descriptors", p.max_descriptors);
  single(out, "process_start_time_seconds", "gauge", "Unix time of the start", p.start_time);
}

/// The start in seconds since boot: field 22 of /proc/self/stat, counted after the name, which
/// stands in brackets and may hold anything.
double start_since_boot() {
  std::ifstream file("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string skipped;
  for (int i = 3; i < 22; ++i) fields >> skipped;
  double ticks = 0;
  fields >> ticks;
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

}  // namespace

ProcessSample read_process() {
  ProcessSample p;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  p.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  std::uint64_t pages_total = 0, pages = 0;
  std::ifstream("/proc/self/statm") >> pages_total >> pages;
  p.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::error_code none;  // /proc may be hidden from us; then the number is 0
  for (auto it = std::filesystem::directory_iterator("/proc/self/fd", none);
       !none && it != std::filesystem::directory_iterator(); it.increment(none))
    ++p.open_descriptors;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  p.max_descriptors = limit.rlim_cur;
  p.start_time = boot_time() + start_since_boot();
  return p;
}

std::string metrics_text(const MetricsSample& sample) {
  std::string out;
  for (const CounterRow& row : kCounters) rows(out, sample, row, "counter");
  for (const CounterRow& row : kGauges) rows(out, sample, row, "gauge");
  single(out, "plenum_rooms", "gauge", "Rooms", sample.rooms);
  single(out, "plenum_participants", "gauge", "Participants", sample.participants);
  single(out, "plenum_commands_dropped_total", "counter", "Commands no shard took",
         sample.commands_dropped);
  single(out, "plenum_signalling_flooded_total", "counter", "Clients cut for sending too much",
         sample.signalling_flooded);
  single(out, "plenum_joins_limited_total", "counter", "Joins above the rate of one address",
         sample.joins_limited);
  single(out, "plenum_http_requests_total", "counter", "HTTP requests", sample.http_requests);
  single(out, "plenum_http_malformed_total", "counter", "HTTP requests that were not HTTP",
         sample.http_malformed);
  single(out, "plenum_http_timed_out_total", "counter", "HTTP requests that came too slowly",
         sample.http_timed_out);
  single(out, "plenum_http_refused_total", "counter", "Connections and bodies above the limits",
         sample.http_refused_full);
  single(out, "plenum_http_connections", "gauge", "Open HTTP connections", sample.http_connections);
  single(out, "plenum_egress_jobs", "gauge", "Recordings and streams under way",
         sample.egress.jobs);
  single(out, "plenum_egress_cores", "gauge", "Cores that they take", sample.egress.cores);
  single(out, "plenum_egress_degraded", "gauge", "Those that compose less for want of CPU",
         sample.egress.degraded);
  single(out, "plenum_egress_restarts_total", "counter", "Workers that died and were replaced",
         sample.egress.restarts);
  single(out, "plenum_history_written_total", "counter", "Events of rooms in the store",
         sample.recorded.written);
  single(out, "plenum_history_lost_total", "counter", "Events that the store never took",
         sample.recorded.dropped + sample.recorded.refused);
  single(out, "plenum_history_waiting", "gauge", "Events that wait for the store",
         sample.recorded.waiting);
  single(out, "plenum_history_spooled", "gauge", "Events that wait for the store on disk",
         sample.recorded.spooled);
  single(out, "plenum_history_spool_bytes", "gauge", "Size of the file in which events wait",
         sample.recorded.spool_bytes);
  single(out, "plenum_webhooks_delivered_total", "counter", "Webhooks delivered",
         sample.sent.delivered);
  single(out, "plenum_webhooks_failed_total", "counter", "Attempts at webhooks that failed",
         sample.sent.failed);
  single(out, "plenum_webhooks_dead_total", "counter", "Webhooks given up", sample.sent.dead);
  single(out, "plenum_webhooks_waiting", "gauge", "Webhooks in the outbox", sample.sent.waiting);
  process_rows(out, sample.process);
  return out;
}

}  // namespace plenum::server
