#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include "bars.h"
#include "large_room.h"

namespace plenum::bench {
namespace {

void print(const char* what, const LargeRoom::Result& r, int listeners) {
  std::printf(
      "%-24s %9llu of %9llu received | delay ms: p50 %.3f, p90 %.3f, p99 %.3f, max %.3f | shard "
      "%.1f %% of a core\n",
      what, static_cast<unsigned long long>(r.received),
      static_cast<unsigned long long>(r.sent) *
          static_cast<unsigned long long>(listeners / static_cast<int>(LargeRoom::kSampled)),
      r.at(0.5), r.at(0.9), r.at(0.99), r.at(1), r.shard_cpu * 100);
  std::fflush(stdout);
}

int run(int listeners, Duration length) {
  LargeRoom room(listeners);
  room.talk(2s, {});
  const LargeRoom::Result quiet = room.talk(length, {});
  print("all receive", quiet, listeners);
  const LargeRoom::Loss loss{.listeners = listeners / 20, .share = 0.1};
  const LargeRoom::Result lossy = room.talk(length, loss);
  print("5 % ask for 10 % again", lossy, listeners);
  const double added = lossy.at(0.99) - quiet.at(0.99);
  const double share = (lossy.shard_cpu - quiet.shard_cpu) / lossy.shard_cpu;
  std::printf(
      "%llu packets sent again for %.1f %% of the shard's CPU; p99 of the others %+.3f ms\n",
      static_cast<unsigned long long>(lossy.retransmitted), share * 100, added);
  return judge(
      {{quiet.at(0.5) <= 0.3, "half of all packets are passed on within 0.3 ms"},
       {quiet.at(0.99) <= 2, "99 % within 2 ms"},
       {lossy.retransmitted > 0 && share <= 0.1, "sending again takes at most 10 % of the CPU"},
       {added <= 1, "and delays the others' p99 by at most 1 ms"}});
}

}  // namespace
}  // namespace plenum::bench

/// `plenum_delay_bench [LISTENERS [SECONDS]]`: how long a shard holds packets of one camera and
/// three microphones in a room of 500, and what it costs the others when some lose packets. Ends
/// with 1 when a bar is missed. Wall-clock time: on a machine that does something else it means
/// nothing.
int main(int argc, char** argv) try {
  const int listeners = argc > 1 ? std::atoi(argv[1]) : 500;
  const int seconds = argc > 2 ? std::atoi(argv[2]) : 10;
  if (listeners <= 0 || seconds <= 0)
    throw std::runtime_error("usage: plenum_delay_bench [LISTENERS [SECONDS]]");
  cpu_set_t set;  // the shard takes core 0
  CPU_ZERO(&set);
  CPU_SET(1, &set);
  sched_setaffinity(0, sizeof set, &set);
  return plenum::bench::run(listeners, std::chrono::seconds(seconds));
} catch (const std::exception& e) {
  std::fprintf(stderr, "delay: %s\n", e.what());
  return 2;
}
