#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <vector>

#include "base/address.h"
#include "base/buffer.h"
#include "base/time.h"

namespace plenum::harness {

/// What happens to datagrams from one address to another. Seeded, in virtual time.
struct Link {
  Duration delay = 5ms;
  Duration jitter = 0ms;  // uniform, on top of delay; reorders
  double loss = 0;        // 0…1
  double duplicate = 0;
  std::uint64_t rate_bps = 0;  // 0 = unlimited
  Duration queue = 300ms;      // drop-tail, when rate limited
};

/// Datagrams on their way between addresses.
class Network {
 public:
  struct Datagram {
    TimePoint at;
    std::uint64_t order;
    Address from, to;
    std::vector<std::byte> bytes;
    friend bool operator>(const Datagram& a, const Datagram& b) {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  explicit Network(std::uint32_t seed) : random_(seed) {}

  /// For everything that `address` sends (out) or gets (in).
  void set_link(const Address& address, Link out, Link in) {
    out_[address] = out;
    in_[address] = in;
  }
  /// NAT rebinding: what `inside` sends seems to come from `outside`, and what goes there reaches
  /// it.
  void rebind(const Address& inside, const Address& outside);
  void send(const Address& from, const Address& to, Bytes bytes, TimePoint now);
  TimePoint next() const { return queue_.empty() ? kNever : queue_.top().at; }
  Datagram pop();
  /// Sees each datagram when it arrives.
  std::function<void(const Datagram&)> tap;
  std::uint64_t lost() const { return lost_; }

 private:
  /// Passes one direction of one link. kNever = lost.
  TimePoint pass(std::map<std::string, TimePoint>& busy, const Address& key, const Link& link,
                 std::size_t size, TimePoint now);
  bool chance(double p) { return p > 0 && std::uniform_real_distribution<>(0, 1)(random_) < p; }

  std::mt19937 random_;
  std::unordered_map<Address, Link> out_, in_;
  std::unordered_map<Address, Address> nat_out_, nat_in_;
  std::map<std::string, TimePoint> busy_out_, busy_in_;
  std::priority_queue<Datagram, std::vector<Datagram>, std::greater<>> queue_;
  std::uint64_t order_ = 0, lost_ = 0;
};

}  // namespace plenum::harness
