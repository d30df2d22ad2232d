#pragma once
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "base/time.h"
#include "load/link_config.h"

namespace plenum::load {

/// Size of the IP packet that carries a UDP datagram: what the models' rates and MTUs count.
constexpr std::size_t ip_packet_bytes(std::size_t payload_bytes, Address::Family family) {
  return payload_bytes + 8 + (family == Address::Family::v4 ? 20 : 40);
}

enum class Fate : std::uint8_t { delivered, lost, queue_full, too_long, blackhole };

/// What becomes of one packet.
struct Verdict {
  Fate fate = Fate::delivered;
  TimePoint at = kNever;  // of arrival, if delivered
  int copies = 0;         // that arrive then: 0, 1, or 2 of a duplicated one
};

struct LinkCounters {
  std::uint64_t packets = 0, bytes = 0;  // that came, whatever became of them
  std::uint64_t lost = 0, queue_full = 0, too_long = 0, blackhole = 0;
  std::uint64_t duplicated = 0, reordered = 0;
  std::uint64_t stream_bytes = 0;
  Duration longest_queue{};  // that a packet or a part of a stream waited in
};

/// One direction of a link. Sans-I/O: it says when a packet arrives, if it does, and keeps none;
/// the driver does (InFlight). The same plan, packets and times give the same verdicts on every
/// machine. `now` never goes back. A packet meets, in this order: the MTU, the blackhole, loss, the
/// queue before the rate, and the way itself.
///
/// A change acts on packets that come after it; those in the queue leave at the rate they met.
class LinkModel {
 public:
  /// `start` is when the plan begins.
  LinkModel(LinkPlan plan, TimePoint start);

  /// `size_bytes` of the IP packet.
  Verdict on_packet(std::size_t size_bytes, TimePoint now);

  /// Streams lose nothing and keep their order; they share rate and queue with the packets. How
  /// many bytes of one to take now; 0: later.
  std::size_t stream_room(TimePoint now);
  /// When these bytes of a stream arrive.
  TimePoint on_stream(std::size_t size_bytes, TimePoint now);

  /// What a packet that comes now would wait for those before it.
  Duration queueing(TimePoint now) const;
  /// Changes what the text names (parse_link) from now on. Its times count from now; what the plan
  /// has still to come stays, unless the text has steps of its own.
  Status<std::string> change(std::string_view text, TimePoint now);

  const LinkConfig& config() const { return plan_.link; }
  const LinkCounters& counters() const { return counters_; }

 private:
  void advance(TimePoint now);
  bool is_dark(TimePoint now) const;
  bool loses();
  Duration queue_limit() const;
  /// When the last bit of these bytes has left the queue.
  TimePoint transmit(std::size_t size_bytes, TimePoint now);
  Duration way();
  bool chance(double p) { return p > 0 && uniform() < p; }
  double uniform();  // 0 ≤ x < 1
  double normal();   // mean 0, deviation 1, within ±6

  LinkPlan plan_;  // its steps and blackholes are those still to come
  TimePoint start_;
  std::mt19937_64 random_;
  bool in_burst_ = false;
  std::int64_t busy_until_ns_ = 0;  // since start_ of the first plan
  TimePoint epoch_;
  TimePoint last_arrival_ = TimePoint::min();
  LinkCounters counters_;
};

}  // namespace plenum::load
