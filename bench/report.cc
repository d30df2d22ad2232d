#include "report.h"

namespace plenum::bench {

Report::Report(std::FILE* csv) : csv_(csv) {
  if (csv_)
    std::fprintf(csv_,
                 "tier,case,subscribers,burst,bytes,crypto,sink,floor_ns,plenum_ns,ratio,gate,"
                 "allocations_per_packet\n");
}

void Report::micro(const std::string& what, double ns) {
  std::printf("%-58s %8.1f ns\n", what.c_str(), ns);
  std::fflush(stdout);
  if (csv_) std::fprintf(csv_, "micro,\"%s\",,,,,,,%.1f,,,\n", what.c_str(), ns);
}

void Report::forward_head() {
  std::printf("\nForwarding, CPU ns per packet on one core; AES-128-GCM, loopback\n");
  std::printf("%5s %6s %6s %9s %6s | %7s %7s %8s | %6s %6s | %s\n", "subs", "burst", "bytes",
              "crypto", "sink", "floor", "plenum", "packet/s", "ratio", "gate",
              "allocations per packet");
}

void Report::forward(const Fanout& f, const Forwarded& r) {
  const double ratio = r.plenum_ns / r.floor_ns;
  char gate[16] = "";
  if (f.gate > 0) std::snprintf(gate, sizeof gate, "%.1f", f.gate);
  std::printf("%5d %6d %6d %9s %6s | %7.0f %7.0f %8.0f | %6.2f %6s | %.4f\n", f.subscribers,
              f.burst, f.packet_bytes, name(f.crypto), name(f.sink), r.floor_ns, r.plenum_ns,
              1e9 / r.plenum_ns, ratio, gate, r.allocations_per_packet);
  std::fflush(stdout);
  if (csv_)
    std::fprintf(csv_, "forward,,%d,%d,%d,%s,%s,%.0f,%.0f,%.3f,%s,%.4f\n", f.subscribers, f.burst,
                 f.packet_bytes, name(f.crypto), name(f.sink), r.floor_ns, r.plenum_ns, ratio, gate,
                 r.allocations_per_packet);
  const std::string job = std::to_string(f.subscribers) + " x " + std::to_string(f.burst) + " x " +
                          std::to_string(f.packet_bytes) + " B, " + name(f.crypto) + ", " +
                          name(f.sink);
  if (f.gate > 0 && ratio > f.gate)
    failed_.push_back(job + ": " + std::to_string(ratio) + " floors instead of " + gate);
  if (r.allocations_per_packet >= 0.001) failed_.push_back(job + ": it allocates");
}

void Report::scaling(const Fanout& f, double one, double two) {
  const double ratio = two / one;
  std::printf("%d x %d x %d B: one shard %.0f packets/s, two %.0f: %.2f times (gate %.1f)\n",
              f.subscribers, f.burst, f.packet_bytes, one, two, ratio, f.gate);
  std::fflush(stdout);
  if (csv_)
    std::fprintf(csv_, "scaling,\"packets a second\",%d,%d,%d,%s,%s,%.0f,%.0f,%.3f,%.1f,\n",
                 f.subscribers, f.burst, f.packet_bytes, name(srtp::gcm_engine()), name(f.sink),
                 one, two, ratio, f.gate);
  if (ratio < f.gate) failed_.push_back("two shards do not give " + std::to_string(f.gate));
}

}  // namespace plenum::bench
