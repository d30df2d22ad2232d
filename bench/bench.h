#pragma once
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace plenum::bench {

/// CPU time of the calling thread only, so that a busy machine disturbs little.
inline double cpu_ns() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

inline double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v.empty() ? 0 : v[v.size() / 2];
}

/// Heap allocations of this process so far (allocations.cc counts them).
std::uint64_t allocations();

struct Fanout {
  int subscribers = 500;
  int burst = 8;            // packets that arrive together
  int packet_bytes = 1200;  // RTP packet before protection
  int repetitions = 9;
  int bursts = 24;  // timed in each repetition
};

struct FanoutResult {
  double ns_per_packet = 0;
  std::uint64_t packets = 0;
  double allocations_per_packet = 0;
};

/// The least any forwarder has to do: receive, open once, and for each subscriber a new header, a
/// seal under its own key and its share of a sendmmsg with segmentation offload. AES-128-GCM.
FanoutResult run_floor(const Fanout& f);
/// The real shard doing the same job.
FanoutResult run_forward(const Fanout& f);
void run_crypto();

}  // namespace plenum::bench
