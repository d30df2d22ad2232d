#pragma once
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "media/srtp/gcm.h"
#include "report.h"

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

struct FanoutResult {
  double ns_per_packet = 0;
  std::uint64_t packets = 0;
  double allocations_per_packet = 0;
};

/// The least any forwarder has to do: receive, open once, and for each subscriber a new header, a
/// seal under its own key and its share of a sendmmsg with segmentation offload.
FanoutResult run_floor(const Fanout& f);
/// The real shard doing the same job.
FanoutResult run_forward(const Fanout& f);

/// The same, by the clock on the wall: packets a second from when `start` returns.
double run_forward_by_clock(const Fanout& f, const std::function<void()>& start);

void run_micro(Report& report);
/// Two shards against one.
void run_scaling(Report& report);
/// The job between two runs of its floor, so that a machine that changes its pace is noticed less.
void compare(Report& report, const Fanout& f);
/// quick: only what has a gate.
void run_matrix(Report& report, bool quick);

}  // namespace plenum::bench
