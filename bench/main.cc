#include <sched.h>

#include <cstdio>
#include <exception>

#include "bench.h"

/// `plenum_bench`: micro and forwarding benchmarks. Every forwarding figure stands beside the floor
/// measured right before and after it; only the ratio means something on another machine.
int main() try {
  using namespace plenum::bench;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  sched_setaffinity(0, sizeof set, &set);
  run_crypto();
  std::printf("\nForwarding, CPU ns per packet; AES-128-GCM, loopback sockets with full queues\n");
  std::printf("%5s %6s %6s | %9s %9s | %6s | %s\n", "subs", "burst", "bytes", "floor", "plenum",
              "ratio", "allocations per packet");
  for (const Fanout& f :
       {Fanout{.subscribers = 100, .burst = 8}, Fanout{.subscribers = 500, .burst = 8},
        Fanout{.subscribers = 500, .burst = 1, .packet_bytes = 120, .bursts = 96}}) {
    const double before = run_floor(f).ns_per_packet;
    const FanoutResult plenum = run_forward(f);
    const double after = run_floor(f).ns_per_packet;
    const double floor = (before + after) / 2;
    std::printf("%5d %6d %6d | %9.0f %9.0f | %6.2f | %.4f\n", f.subscribers, f.burst,
                f.packet_bytes, floor, plenum.ns_per_packet, plenum.ns_per_packet / floor,
                plenum.allocations_per_packet);
    std::fflush(stdout);
  }
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "bench: %s\n", e.what());
  return 1;
}
