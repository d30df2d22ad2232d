#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "media/srtp/gcm.h"

namespace plenum::bench {

enum class Sink : std::uint8_t {
  full,   ///< queues are full: the sender pays for the whole path of a packet but wakes nobody
  drain,  ///< the other core reads: the sender also pays for waking it
};
constexpr const char* name(Sink s) { return s == Sink::full ? "full" : "drain"; }
using srtp::name;

/// One job: packets of a publisher to its subscribers. AES-128-GCM.
struct Fanout {
  int subscribers = 500;
  int burst = 8;            // packets that arrive together
  int packet_bytes = 1200;  // RTP packet before protection
  Sink sink = Sink::full;
  srtp::GcmEngine crypto = srtp::GcmEngine::openssl;
  int repetitions = 9;
  int bursts = 24;  // timed in each repetition
  /// The most that the job may cost, in floors; 0 = only told.
  double gate = 0;
};

/// Prints what was measured, keeps it as CSV, and knows which gates did not hold.
class Report {
 public:
  /// `csv` may be nullptr.
  explicit Report(std::FILE* csv);

  void micro(const std::string& what, double ns);
  struct Forwarded {
    double floor_ns = 0, plenum_ns = 0, allocations_per_packet = 0;
  };
  void forward_head();
  void forward(const Fanout& f, const Forwarded& r);
  /// Packets a second on one and on two cores; here the gate is the least.
  void scaling(const Fanout& f, double one, double two);
  bool gates_hold() const { return failed_.empty(); }
  /// What did not hold, a line each.
  const std::vector<std::string>& failed() const { return failed_; }

 private:
  std::FILE* csv_;
  std::vector<std::string> failed_;
};

}  // namespace plenum::bench
