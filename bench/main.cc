#include <sched.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "bench.h"

namespace {

constexpr const char* kUsage =
    "usage: plenum_bench [micro|forward] [--quick] [--csv FILE]\n"
    "       plenum_bench job SUBSCRIBERS BURST BYTES openssl|ipsec-mb full|drain   (for profilers)";

struct Close {
  void operator()(std::FILE* f) const { std::fclose(f); }
};

int run(int argc, char** argv) {
  using namespace plenum;
  using namespace plenum::bench;
  bool micro = true, forward = true, quick = false;
  std::unique_ptr<std::FILE, Close> csv;
  std::optional<Fanout> only;
  for (int i = 1; i < argc; ++i) {
    const std::string_view a = argv[i];
    if (a == "micro") {
      forward = false;
    } else if (a == "forward") {
      micro = false;
    } else if (a == "job" && i + 5 < argc) {
      only = Fanout{
          .subscribers = std::atoi(argv[i + 1]),
          .burst = std::atoi(argv[i + 2]),
          .packet_bytes = std::atoi(argv[i + 3]),
          .sink = std::string_view(argv[i + 5]) == name(Sink::drain) ? Sink::drain : Sink::full,
          .crypto = std::string_view(argv[i + 4]) == name(srtp::GcmEngine::openssl)
                        ? srtp::GcmEngine::openssl
                        : srtp::GcmEngine::ipsec_mb,
          .repetitions = 99};
      i += 5;
    } else if (a == "--quick") {
      quick = true;
    } else if (a == "--csv" && i + 1 < argc) {
      csv.reset(std::fopen(argv[++i], "w"));
      if (!csv) throw std::runtime_error("the CSV file cannot be written");
    } else {
      throw std::runtime_error(kUsage);
    }
  }
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(0, &set);
  sched_setaffinity(0, sizeof set, &set);

  Report report(csv.get());
  if (only) {
    srtp::set_gcm_engine(only->crypto);
    report.forward_head();
    compare(report, *only);
    return 0;
  }
  if (micro) run_micro(report);
  if (forward) run_matrix(report, quick);
  if (forward) run_scaling(report);
  for (const std::string& line : report.failed()) std::printf("NOT OK  %s\n", line.c_str());
  return report.gates_hold() ? 0 : 1;
}

}  // namespace

/// `plenum_bench [micro|forward] [--quick] [--csv FILE]`. Every forwarding figure stands beside the
/// floor measured right before and after it; only the ratio means something on another machine.
/// Ends with 1 when a gate does not hold.
int main(int argc, char** argv) try { return run(argc, argv); } catch (const std::exception& e) {
  std::fprintf(stderr, "bench: %s\n", e.what());
  return 2;
}
