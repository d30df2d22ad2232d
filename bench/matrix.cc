#include <sched.h>

#include <barrier>
#include <numeric>
#include <thread>
#include <utility>

#include "bench.h"

namespace plenum::bench {
namespace {

constexpr double kVideoGate = 2.0, kAudioGate = 1.5;

}  // namespace

void compare(Report& report, const Fanout& f) {
  const double before = run_floor(f).ns_per_packet;
  const FanoutResult plenum = run_forward(f);
  const double after = run_floor(f).ns_per_packet;
  report.forward(f, {.floor_ns = (before + after) / 2,
                     .plenum_ns = plenum.ns_per_packet,
                     .allocations_per_packet = plenum.allocations_per_packet});
}

namespace {

/// Packets a second by the clock on the wall, of so many threads that each run the job on a core of
/// their own.
double together(const Fanout& f, int threads) {
  std::vector<std::jthread> all;
  std::vector<double> rates(static_cast<std::size_t>(threads));
  std::barrier start(threads);
  for (int i = 0; i < threads; ++i)
    all.emplace_back([&, i] {
      cpu_set_t set;
      CPU_ZERO(&set);
      CPU_SET(static_cast<std::size_t>(i), &set);
      sched_setaffinity(0, sizeof set, &set);
      rates[static_cast<std::size_t>(i)] =
          run_forward_by_clock(f, [&] { start.arrive_and_wait(); });
    });
  all.clear();  // joins
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

}  // namespace

void run_scaling(Report& report) {
  constexpr double kGate = 1.8;
  for (const auto& [burst, bytes] : {std::pair{8, 1200}, {1, 120}}) {
    const Fanout f{.subscribers = 500,
                   .burst = burst,
                   .packet_bytes = bytes,
                   .bursts = 192 / burst / 2,
                   .gate = kGate};
    const double one = together(f, 1);
    const double two = together(f, 2);
    report.scaling(f, one, two);
  }
}

void run_matrix(Report& report, bool quick) {
  const srtp::GcmEngine before = srtp::gcm_engine();
  report.forward_head();
  for (const srtp::GcmEngine crypto : {srtp::GcmEngine::openssl, srtp::GcmEngine::ipsec_mb}) {
    if (!srtp::is_available(crypto)) continue;
    srtp::set_gcm_engine(crypto);
    for (const Sink sink : {Sink::full, Sink::drain}) {
      if (quick && sink == Sink::drain) continue;
      const auto video = [&](int subscribers, int burst) {
        // A repetition is about as long whatever the burst.
        compare(report, {.subscribers = subscribers,
                         .burst = burst,
                         .sink = sink,
                         .crypto = crypto,
                         .bursts = std::max(2, 192 / burst),
                         .gate = sink == Sink::full && burst >= 8 ? kVideoGate : 0});
      };
      if (!quick) video(100, 8), video(500, 1), video(500, 2), video(500, 4);
      for (const int burst : {8, 16, 48, 100}) video(500, burst);
      compare(report, {.subscribers = 500,
                       .burst = 1,
                       .packet_bytes = 120,
                       .sink = sink,
                       .crypto = crypto,
                       .bursts = 96,
                       .gate = sink == Sink::full ? kAudioGate : 0});
    }
  }
  srtp::set_gcm_engine(before);
}

}  // namespace plenum::bench
